package main

type Stack[T any] struct {
	items []T
	limit int
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

type Number interface{ ~int | ~float64 }

func Sum[T Number](first T, rest []T, label string) T
func (s *Stack[T]) Push(item T, times int)
func (p Pair[K, V]) Swap(n int, note string)
func Each[T any](xs []T, tag string)
func visit(f func(int, string), n int, name string)
func main()
