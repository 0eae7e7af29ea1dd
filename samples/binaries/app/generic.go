//go:build go1.18
// +build go1.18

package main

import (
	"unsafe"

	"example.com/app/depot"
)

type box[T any] struct {
	kept T
	uses int
}

var box1 = &box[string]{"kept", 2}

//go:noinline
func (b *box[T]) put(v T, n int) {
	depot.At(10, 0, unsafe.Pointer(&crate1), unsafe.Sizeof(crate1))
	depot.At(10, 1, unsafe.Pointer(&number), unsafe.Sizeof(number))
	depot.At(10, 2, unsafe.Pointer(&literal), unsafe.Sizeof(literal))
	pair(crate1, number, literal)
	b.kept = v
	b.uses = n
}

//go:noinline
func pair[T, U any](a T, b U, c string) {
	depot.At(6, 0, unsafe.Pointer(&ratio), unsafe.Sizeof(ratio))
	depot.At(6, 1, unsafe.Pointer(&thin), unsafe.Sizeof(thin))
	depot.At(6, 2, unsafe.Pointer(&number), unsafe.Sizeof(number))
	floats(ratio, thin, number)
	sink, after = a, len(c)
	sink = b
}

//go:noinline
func more(n int) {
	depot.At(9, 0, unsafe.Pointer(&box1), unsafe.Sizeof(box1))
	depot.At(9, 1, unsafe.Pointer(&part), unsafe.Sizeof(part))
	depot.At(9, 2, unsafe.Pointer(&number), unsafe.Sizeof(number))
	box1.put(part, number)
	(&box[int8]{}).put(1, 2)
	pair(int8(1), "b", part)
	after += n
}
