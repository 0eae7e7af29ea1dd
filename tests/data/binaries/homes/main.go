// Large parameters, used and not: tests/test_pclntab.py.
package main

import (
	"fmt"
	"runtime"
)

var buf [1 << 16]byte
var g = 7
var hp = new(int)
var gs = []int{1, 2, 3}
var sink int

type big struct {
	p *int
	a int
	q *int
	b int
	s []int
}
type arr [2]*int

//go:noinline
func tr() { n := runtime.Stack(buf[:], false); fmt.Printf("%s\n", buf[:n]) }

//go:noinline
func unusedBig(x int, v big) { tr(); sink += x }

//go:noinline
func usedBig(x int, v big) { tr(); sink += x + v.a }

//go:noinline
func usedLater(x int, v big, y []int) { tr(); if sink == 12345 { sink += len(v.s) + *v.p }; sink += x + len(y) }

//go:noinline
func unusedTail(x int, y int, v big) { tr(); sink += x }

func main() {
	v := big{hp, 0x11, &g, 0x22, gs}
	unusedBig(1, v)
	usedBig(2, v)
	usedLater(3, v, gs)
	unusedTail(1, 2, v)
}
