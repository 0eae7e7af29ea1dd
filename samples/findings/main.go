// What each finding is about, and what only looks like it: `main CODE` and `main CODE-not` call a
// function with such values and stop in it.
package main

import (
	"context"
	"os"
	"time"
	"unsafe"
)

type limits struct {
	small uint8
	wait  time.Duration
}

type config struct {
	name  string
	limit limits
	next  *config
}

type closer interface{ Close() error }

type file struct{ n int }

func (f *file) Close() error { return nil }

var sink uintptr

//go:noinline
func keep(all ...interface{}) { sink += uintptr(len(all)) }

func at(n uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&n)) }

type header struct{ p, n, c uintptr }

func str(p, n uintptr) string { h := header{p: p, n: n}; return *(*string)(unsafe.Pointer(&h)) }

func slice(p, n, c uintptr) []int64 { h := header{p, n, c}; return *(*[]int64)(unsafe.Pointer(&h)) }

func iface(t, d uintptr) interface{} {
	h := header{p: t, n: d}
	return *(*interface{})(unsafe.Pointer(&h))
}

//go:noinline
func pointers(p *int64, q unsafe.Pointer, n uintptr) {
	stop()
	keep(p, q, n)
}

//go:noinline
func texts(s string, b []int64) {
	stop()
	keep(s, b)
}

//go:noinline
func flags(a bool, b uint8, c bool) {
	stop()
	keep(a, b, c)
}

//go:noinline
func holds(v interface{}, c closer, err error) {
	stop()
	keep(v, c, err)
}

//go:noinline
func waits(ctx context.Context, timeout time.Duration, age time.Duration) {
	stop()
	keep(ctx, timeout, age)
}

//go:noinline
func handleError(err error, n int) {
	stop()
	keep(err, n)
}

//go:noinline
func copyAll(dst, src []int64, n int) {
	stop()
	keep(dst, src, n)
}

//go:noinline
func (c *config) wait(k int) time.Duration {
	keep(k)
	return c.limit.wait
}

//go:noinline
func (l *limits) reach(k int) *config {
	next := shared.next
	keep(l, k)
	return next
}

//go:noinline
func stop() {
	if sink != 1 {
		panic("stop")
	}
}

var (
	none   *file
	shared *config
	block  = make([]int64, 8)
	some   = int64(7)
)

func main() {
	here := uintptr(unsafe.Pointer(&some))
	text := "fourteen bytes"
	good := (*header)(unsafe.Pointer(&text)).p
	var value interface{} = &some
	word := (*header)(unsafe.Pointer(&value)).p
	code := **(**uintptr)(unsafe.Pointer(&[]func(){main}[0]))
	far := ^uintptr(0)>>17 + 1 // 2^47 where words have 64 bits
	switch os.Args[1] {
	case "low-pointer":
		pointers((*int64)(at(8)), at(here), 8)
	case "low-pointer-not":
		pointers(nil, at(8), 8)
	case "misaligned-pointer":
		pointers((*int64)(at(here+1)), at(here), 1)
	case "misaligned-pointer-not":
		pointers((*int64)(at(here)), at(here+1), here+1)
	case "non-canonical-pointer":
		pointers((*int64)(at(far*4)), at(here), 1)
	case "non-canonical-pointer-not":
		pointers((*int64)(at(far-8)), at(far*4), far*4)
	case "poison":
		pointers((*int64)(at(^uintptr(0)/0xffffffff*0xdeadbeef)), at(here), 1)
	case "poison-not":
		pointers((*int64)(at(here)), at(here), ^uintptr(0)/0xffffffff*0xdeadbeef)
	case "nil-with-length":
		texts(str(0, 5), slice(0, 0, 0))
	case "nil-with-length-not":
		texts(str(0, 0), slice(0, 0, 0))
	case "negative-length":
		texts(str(good, ^uintptr(0)), block)
	case "negative-length-not":
		texts(text[:0], block[:0])
	case "length-over-capacity":
		texts(text, slice(here, 5, 4))
	case "length-over-capacity-not":
		texts(text, slice(here, 4, 4))
	case "absurd-length":
		texts(text, slice(here, ^uintptr(0)>>2, ^uintptr(0)>>2))
	case "absurd-length-not":
		texts(text, slice(here, 1<<28, 1<<28))
	case "impossible-bool":
		b := uint8(7)
		flags(*(*bool)(unsafe.Pointer(&b)), 7, true)
	case "impossible-bool-not":
		flags(true, 7, false)
	case "nil-type-with-data":
		holds(iface(0, here), &file{}, nil)
	case "nil-type-with-data-not":
		holds(iface(0, 0), &file{}, nil)
	case "unknown-type-word":
		holds(iface(code, here), &file{}, nil)
	case "unknown-type-word-not":
		holds(iface(word, here), &file{}, nil)
	case "typed-nil":
		holds(1, none, nil)
	case "typed-nil-not":
		holds(nil, &file{}, nil)
	case "nil-context":
		waits(nil, time.Second, time.Second)
	case "nil-context-not":
		waits(context.Background(), time.Second, time.Second)
	case "odd-duration":
		waits(context.Background(), -time.Second, time.Second)
	case "odd-duration-not":
		waits(context.Background(), time.Hour, -time.Hour)
	case "nil-error":
		handleError(nil, 1)
	case "nil-error-not":
		handleError(os.ErrNotExist, 1)
	case "same-place":
		copyAll(block, block, 8)
	case "same-place-not":
		copyAll(block[:4], block[4:], 4)
	case "nil-fault":
		var c *config
		println(c.wait(1))
	case "nil-fault-not":
		var l *limits
		println(l.reach(1))
	case "changed-since-call":
		call(true)
	case "changed-since-call-not":
		call(false)
	}
}

//go:noinline
func call(big bool) {
	if big {
		adjusts(5000, 3)
	} else {
		adjusts(7, 3)
	}
}

//go:noinline
func adjusts(n, m int) {
	lower(&n)
	stop()
	keep(n, m)
}

//go:noinline
func lower(n *int) { *n = 7 + int(sink) }
