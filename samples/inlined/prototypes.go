package main

type X struct{ name string }
type Y struct{ x *X }

func (y *Y) foo()
func main()
