// Package depot is the other package of the program.
package depot

import "unsafe"

// Labeled is an interface.
type Labeled interface{ Label(n int) string }

// Crate has a struct's, a string's and an array's words.
type Crate struct {
	Name  string
	Count [2]int32
}

// Hook is what Pack calls.
var Hook func(n int)
var packed, total = 0, 5

// Label makes a method value.
func (c *Crate) Label(n int) string { return c.Name }

// Pack is a method of another package than main.
//go:noinline
func (c *Crate) Pack(inner Crate, tags []string, n int8, ok bool) (count int, err error) {
	At(8, 0, unsafe.Pointer(&total), unsafe.Sizeof(total))
	Hook(total)
	if ok {
		packed += len(inner.Name) + len(tags) + int(n) + len(c.Name)
	}
	return packed, nil
}

// Copy gives a string that no file holds.
func Copy(s string) string { return string([]byte(s)) }

// At prints the words of what is passed as a function's parameter.
//go:noinline
func At(function, parameter int, p unsafe.Pointer, size uintptr) {
	print("@ ", function, " ", parameter)
	for i := uintptr(0); i < size; i++ {
		print(" ", *(*byte)(unsafe.Pointer(uintptr(p) + i)))
	}
	println()
}
