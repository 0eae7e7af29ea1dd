// Goroutines that wait for each other, one way for each case. The program says itself, in lines
// that begin with "truth", which goroutine holds what and which is about to wait for what: nothing
// in a goroutine dump tells.
//
//	program CASE        ends by itself (all goroutines are asleep), or prints "ready" on stdout
//	                    and is killed with SIGQUIT
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

var cases = map[string]func(){
	"mutex-pair":     mutexPair,
	"mutex-ring":     mutexRing,
	"recursive":      recursive,
	"upgrade":        upgrade,
	"writer-pending": writerPending,
	"two-writers":    twoWriters,
	"reader-again":   readerAgain,
	"once-recursive": onceRecursive,
	"once-shared":    onceShared,
	"waitgroup":      waitGroup,
	"cond":           cond,
	"leak":           leak,
	"nil-channel":    nilChannel,
	"send-nobody":    sendNobody,
	"select-empty":   selectEmpty,
	"file-lock":      fileLock,
	"contended":      contended,
	"ordered":        ordered,
	"two-mutexes":    twoMutexes,
	"interior":       interior,
	"pool":           pool,
}

func main() {
	cases[os.Args[1]]()
}

// truth says what this goroutine does with a lock: "holds" or "waits".
func truth(verb, kind string, object interface{}) {
	fmt.Fprintf(os.Stderr, "truth goroutine %d %s %s %p\n", id(), verb, kind, object)
}

// id is the number of this goroutine.
func id() int {
	var text [64]byte
	fields := bytes.Fields(text[:runtime.Stack(text[:], false)])
	number, _ := strconv.Atoi(string(fields[1]))
	return number
}

// settled waits until the other goroutines stand where they will stay.
func settled() { time.Sleep(100 * time.Millisecond) }

// ready asks for a SIGQUIT, and lives until it comes.
func ready() {
	settled()
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
