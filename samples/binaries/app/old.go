//go:build !go1.18
// +build !go1.18

package main

import (
	"unsafe"

	"example.com/app/depot"
)

//go:noinline
func more(n int) {
	depot.At(6, 0, unsafe.Pointer(&ratio), unsafe.Sizeof(ratio))
	depot.At(6, 1, unsafe.Pointer(&thin), unsafe.Sizeof(thin))
	depot.At(6, 2, unsafe.Pointer(&number), unsafe.Sizeof(number))
	floats(ratio, thin, number)
	after += n
}
