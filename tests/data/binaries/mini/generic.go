//go:build go1.18
// +build go1.18

package main

type box[T any] struct{ value T }

//go:noinline
func (b *box[T]) call(n int, f func(T, int) int) int { return f(b.value, n) + sink }

//go:noinline
func apply[T any](value T, n int, f func(T, int) int) int {
	b := &box[T]{value}
	return b.call(n, func(v T, n int) int { return f(v, n) + n }) + n
}

func start(f func(mover, int) int) int {
	return apply[mover](&point{1, 2}, 3, f) + apply(4, 5, func(a, b int) int { return a + b })
}
