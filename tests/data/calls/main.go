// Prints the frames that a traceback would have, for each return address that comes in.
package main

import (
	"bufio"
	"compress/gzip"
	"database/sql"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"go/types"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"text/template"
)

// What the program holds the code of.
var held = []interface{}{
	gzip.NewReader, sql.Open, gob.NewDecoder, json.Unmarshal, types.Eval, http.ListenAndServe,
}

func main() {
	if len(os.Args) > 1 { // methods that a template calls are kept
		template.Must(template.New("").Parse(os.Args[1])).Execute(os.Stdout, held)
	}
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		pc, _ := strconv.ParseUint(in.Text(), 10, 64)
		frames := runtime.CallersFrames([]uintptr{uintptr(pc)})
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			fmt.Fprintf(out, "%s\t%s\t%d\t", frame.Function, frame.File, frame.Line)
		}
		fmt.Fprintln(out)
	}
}
