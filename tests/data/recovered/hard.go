// What looks as if it were passed and is not, for recovered values: each case ends in leaf, which
// tells what it was passed in truth.
package main

import "os"

type item struct{ a, b int }

var sum int
var many = []int{3, 1, 2}

//go:noinline
func set(p *int, n int) { *p = n }

//go:noinline
func touch(n int) { sum += n }

//go:noinline
func setItem(p *item, n int) { p.b = n }

// x is 5 when it is stored and 6 when it is passed.
//
//go:noinline
func address() {
	x := 5
	set(&x, 6)
	leaf(x, 6)
	touch(x)
}

// The second word of a struct on the stack.
//
//go:noinline
func field() {
	it := item{1, 2}
	setItem(&it, 7)
	leaf(it.b, 7)
	touch(it.a)
}

// The parameter itself is set through its address; its old value is passed on.
//
//go:noinline
func current(p int) {
	old := p
	set(&p, 9)
	leaf(old, 8)
	touch(p)
}

// A loop at the start of a function without a frame check.
//
//go:noinline
func loop(n int) {
	for {
		n++
		if n > 20 {
			leaf(n, 21)
		}
	}
}

//go:noinline
func table(k, n int) {
	x := 1
	switch k {
	case 0:
		x = 10
	case 1:
		x = 11
	case 2:
		x = 12
	case 3:
		x = 13
	case 4:
		x = 14
	case 5:
		x = 15
	case 6:
		x = 16
	case 7:
		x = 17
	case 8:
		x = 18
	}
	leaf(x, n)
	touch(x)
}

//go:noinline
func narrow(n int64, u uint32, b int8) {
	leaf(int(int32(n)), int(int8(n)))
	touch(int(u))
}

//go:noinline
func extend(n int64, u uint32, b int8) {
	leaf(int(u), int(b))
	touch(int(u))
}

//go:noinline
func array(i int) {
	a := [4]int{1, 2, 3, 4}
	a[i] = 40
	leaf(a[1], a[2])
	touch(a[i])
}

//go:noinline
func ranged(n int) {
	total := 5
	for _, v := range many {
		touch(total)
		total = v
		if v == 2 {
			leaf(total, n)
		}
	}
}

//go:noinline
func multi(x, y int) (a, b int) { return y, x }

//go:noinline
func swapped(x, y int) {
	for i := 0; i < 3; i++ {
		x, y = y, x
		touch(x)
	}
	leaf(x, y)
	touch(x + y)
}

//go:noinline
func deferred(n int) {
	defer leaf(n, 31)
	n = 77
	touch(n)
}

//go:noinline
func recovered(n int) {
	defer func() {
		recover()
		leaf(n, 32)
	}()
	n = 78
	set(nil, 3)
}

type small int

//go:noinline
func (s small) M(n int) { leaf(int(s), n) }

type wide struct{ a, b, c int }

//go:noinline
func (w wide) M(n int) { leaf(w.b, n) }

type outer struct {
	pad int
	*in
}

type in struct{ k int }

//go:noinline
func (i *in) M(n int) { leaf(i.k, n) }

var it2 mer = wide{1, 2, 3}
var it3 mer = outer{1, &in{5}}

//go:noinline
func method(n int) {
	it3.M(n)
}

//go:noinline
func viaWide() { it2.M(36) }

//go:noinline
func (s small) N(x, n int) {
	gx, gy = x, n
	report()
	touch(1)
}

//go:noinline
func ret(n int) (r int) {
	defer leaf(n, 37)
	return two(n)
}

//go:noinline
func two(n int) int { sum += n; return sum }

type mer interface{ M(int) }

var it mer = small(4)

//go:noinline
func viaInterface() { it.M(33) }

//go:noinline
func viaValue() { f := it.M; other = f; f(34) }

var other func(int)

var gx, gy int

//go:noinline
func report() {
	println("TRUTH", gx, gy)
	panic("end")
}

//go:noinline
func leaf(x, y int) {
	gx, gy = x, y
	report()
	touch(1)
}

func main() {
	many = append(many, len(os.Args))
	k := len(os.Args) - 2
	switch os.Args[1] {
	case "address":
		address()
	case "field":
		field()
	case "current":
		current(8 + k)
	case "loop":
		loop(1)
	case "table":
		table(5+k, 51)
	case "narrow":
		narrow(0x123456789abc, 0x80000001, -3)
	case "extend":
		extend(0x123456789abc, 0x80000001, -3)
	case "array":
		array(1 + k)
	case "ranged":
		ranged(61)
	case "swapped":
		swapped(71, 72)
	case "deferred":
		deferred(3)
	case "recovered":
		recovered(3)
	case "iface":
		viaInterface()
	case "method":
		method(35)
	case "wide":
		viaWide()
	case "ret":
		ret(4)
	case "value":
		viaValue()
	}
}
