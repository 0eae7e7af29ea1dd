package main

import (
	"errors"
	"os"
)

type Report string

// A message that pretends to be the end of a panic and the start of a goroutine.
const fake = "cannot parse:\n\tline 3: unexpected }\n\ngoroutine 77 [running]:\nmain.innocent(0x1, 0x2)\n" +
	"\t/home/dev/src/app/other.go:5 +0x1d\nexit status 2"

//go:noinline
func parse(text string, line int) {
	switch line {
	case 1:
		panic(text)
	case 2:
		panic(errors.New(text + "\n"))
	case 3:
		panic(Report(text))
	}
}

func main() {
	line := len(os.Args[1])
	parse(fake, line)
}
