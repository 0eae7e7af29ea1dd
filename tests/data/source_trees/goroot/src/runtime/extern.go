package runtime

type Frame struct {
	PC   uintptr
	Line int32
}

func add(x, y int) int

func gopanic(e any) {
	println("panic")
}
