package main

import (
	"errors"
	"os"
)

type Code int

type Failure struct{ why string }

func (f *Failure) Error() string { return "failure: " + f.why }

type Ticket struct{ n int }

var ticket *Ticket

//go:noinline
func three() {
	defer panic(errors.New("third"))
	defer panic(Code(2))
	panic("first")
}

//go:noinline
func again() {
	defer func() { panic(recover()) }()
	panic("kept")
}

//go:noinline
func other() {
	defer func() {
		r := recover()
		panic("wrapped: " + r.(string))
	}()
	panic("inner")
}

//go:noinline
func fault(t *Ticket, by int) {
	defer func() {
		if r := recover(); r != nil {
			panic(r)
		}
	}()
	t.n += by
}

//go:noinline
func cleanup(list []int, i int) {
	defer func() {
		list[i] = 1
	}()
	panic(&Failure{"no room"})
}

//go:noinline
func handled() {
	func() {
		defer func() { recover() }()
		panic("forgotten")
	}()
	panic(Code(7))
}

func main() {
	switch os.Args[1] {
	case "three":
		three()
	case "again":
		again()
	case "other":
		other()
	case "fault":
		fault(ticket, 3)
	case "cleanup":
		cleanup([]int{1, 2}, 5)
	case "handled":
		handled()
	}
}
