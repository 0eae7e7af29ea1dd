package main

import (
	"unsafe"

	"example.com/app/depot"
)

type small int8

func (s small) Label(n int) string { return "small" }

type failure struct{ code int }

func (f *failure) Error() string { return "no room" }

var (
	counter = 42
	home    = depot.Crate{Name: "home", Count: [2]int32{-1, 7}}

	literal = "a literal of the program"
	part    = literal[2:9]
	heap    = depot.Copy("on the heap")
	empty   = ""

	any1 interface{} = small(-3)
	any2 interface{} = &home
	any3 interface{} = (*depot.Crate)(nil)
	any4 interface{}
	err1 error         = &failure{7}
	face depot.Labeled = small(5)

	func1       = named
	func2       = (&home).Label
	func3       = func(n int) string { return literal }
	func4       func(int) string
	pointer1    = &counter
	pointer2    = &home
	unsafe1     = unsafe.Pointer(&counter)
	unused      = int64(-9)
	crate1      = depot.Crate{Name: "inner", Count: [2]int32{3, -4}}
	list1       = []string{"x", "y"}
	tiny1       = small(-8)
	yes         = true
	ratio       = -2.25
	thin        = float32(1.5)
	number      = 77
	sink        interface{}
	after, left int
)

//go:noinline
func named(n int) string { return "named" }

//go:noinline
func texts(a, b string, c string, d string) {
	depot.At(2, 0, unsafe.Pointer(&any1), unsafe.Sizeof(any1))
	depot.At(2, 1, unsafe.Pointer(&any2), unsafe.Sizeof(any2))
	depot.At(2, 2, unsafe.Pointer(&any3), unsafe.Sizeof(any3))
	depot.At(2, 3, unsafe.Pointer(&any4), unsafe.Sizeof(any4))
	depot.At(2, 4, unsafe.Pointer(&err1), unsafe.Sizeof(err1))
	boxes(any1, any2, any3, any4, err1)
	after += len(a) + len(b) + len(c) + len(d)
}

//go:noinline
func boxes(a, b, c, d interface{}, e error) {
	depot.At(3, 0, unsafe.Pointer(&func1), unsafe.Sizeof(func1))
	depot.At(3, 1, unsafe.Pointer(&func2), unsafe.Sizeof(func2))
	depot.At(3, 2, unsafe.Pointer(&func3), unsafe.Sizeof(func3))
	depot.At(3, 3, unsafe.Pointer(&func4), unsafe.Sizeof(func4))
	depot.At(3, 4, unsafe.Pointer(&face), unsafe.Sizeof(face))
	calls(func1, func2, func3, func4, face)
	if a == nil || b == nil || c == nil || d != nil || e == nil {
		after++
	}
}

//go:noinline
func calls(f, g, h, i func(int) string, l depot.Labeled) {
	depot.At(4, 0, unsafe.Pointer(&pointer1), unsafe.Sizeof(pointer1))
	depot.At(4, 1, unsafe.Pointer(&pointer2), unsafe.Sizeof(pointer2))
	depot.At(4, 2, unsafe.Pointer(&unsafe1), unsafe.Sizeof(unsafe1))
	depot.At(4, 3, unsafe.Pointer(&unused), unsafe.Sizeof(unused))
	places(pointer1, pointer2, unsafe1, unused)
	after += len(f(1)) + len(g(2)) + len(h(3)) + len(l.Label(4))
	if i != nil {
		after++
	}
}

//go:noinline
func places(p *int, c *depot.Crate, u unsafe.Pointer, _ int64) {
	depot.At(5, 0, unsafe.Pointer(&pointer2), unsafe.Sizeof(pointer2))
	depot.At(5, 1, unsafe.Pointer(&crate1), unsafe.Sizeof(crate1))
	depot.At(5, 2, unsafe.Pointer(&list1), unsafe.Sizeof(list1))
	depot.At(5, 3, unsafe.Pointer(&tiny1), unsafe.Sizeof(tiny1))
	depot.At(5, 4, unsafe.Pointer(&yes), unsafe.Sizeof(yes))
	depot.Hook = more
	pointer2.Pack(crate1, list1, int8(tiny1), yes)
	after += *p + len(c.Name)
	if u == nil {
		after++
	}
}

//go:noinline
func floats(f float64, t float32, n int) (string, error) {
	depot.At(7, 0, unsafe.Pointer(&number), unsafe.Sizeof(number))
	small1(number)
	if f+float64(t) > 1 {
		after += n
	}
	return "", nil
}

// small1 is inlined.
func small1(n int) {
	left = n
	fail()
}

//go:noinline
func fail() { panic(any2) }

func main() {
	depot.At(1, 0, unsafe.Pointer(&literal), unsafe.Sizeof(literal))
	depot.At(1, 1, unsafe.Pointer(&part), unsafe.Sizeof(part))
	depot.At(1, 2, unsafe.Pointer(&heap), unsafe.Sizeof(heap))
	depot.At(1, 3, unsafe.Pointer(&empty), unsafe.Sizeof(empty))
	texts(literal, part, heap, empty)
}
