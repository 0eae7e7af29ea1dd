package main

type X struct{ name string }

type Y struct{ x *X }

func (y *Y) foo() { panic("panic in foo") }

func main() {
	y := &Y{&X{"x"}}
	y.foo()
}
