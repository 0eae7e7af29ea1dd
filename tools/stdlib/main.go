// Command stdlib prints the declarations of this toolchain's standard library, one a line, for
// tools/stdlib.py, which makes gotrace's data file of them. It compiles with every release since
// go1.15: what is younger stands behind build tags.
//
// Fields are separated by tabs:
//
//	P path name                  a package; what follows is of it
//	I path name                  it refers to this package by name
//	T name parameters underlying a type it declares
//	F name file first last flags package receiver parameters results    a function, method or literal
//	V goos/goarch                what follows is of this port
//
// Types are written as types.go says. A function that //go:linkname gives to another package has
// the symbol's package in its field "package", else that is empty. Flags: see uses.go.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/build"
	"go/token"
	"os"
	"strings"
)

func main() {
	ports := flag.String("ports", "linux/amd64", "comma-separated; +cgo and +race are variants")
	only := flag.String("only", "", "print this package only")
	root := flag.String("goroot", build.Default.GOROOT, "GOROOT")
	flag.Parse()
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	files := newFiles(token.NewFileSet())
	for _, port := range strings.Split(*ports, ",") {
		l := newLoader(*root, port, files)
		paths := l.paths()
		for _, path := range paths { // all of them first: linknames cross packages
			l.load(path)
		}
		fmt.Fprintf(out, "V\t%s\n", strings.SplitN(port, "+", 2)[0])
		for _, path := range paths {
			if p := l.load(path); p != nil && (*only == "" || *only == path) {
				l.print(out, p)
			}
		}
		if l.errors > 0 {
			fmt.Fprintf(os.Stderr, "%s: %d type errors, the first: %v\n", port, l.errors, l.first)
		}
	}
}
