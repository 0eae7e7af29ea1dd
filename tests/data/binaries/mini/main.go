// A small program that crashes, for the tests of the binary reader: README.md beside it.
package main

type point struct{ x, y int }

type mover interface{ move(by int, name string) int }

type failure struct{ code int }

func (f *failure) Error() string { return "failure" }

var sink int

func (p *point) move(by int, name string) int {
	sink += len(name)
	return double(p.x + deref(by, name, p))
}

//go:noinline
func deref(by int, name string, p *point) int {
	var none *point
	if by == 3 {
		return carry(none, name, [2]int8{1, 2})
	}
	return carry(p, name, [2]int8{1, 2})
}

//go:noinline
func carry(p *point, name string, pair [2]int8) int {
	return fail(p, error(&failure{7}), interface{}(name)) + int(pair[sink&1])
}

//go:noinline
func fail(p *point, err error, value interface{}) int {
	if err == nil {
		println(value.(string))
	}
	return p.y
}

func double(n int) int { return n + n }

func outer(m mover, n int) int { return m.move(n, "three") }

func main() {
	sink = start(outer)
}
