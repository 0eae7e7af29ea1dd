package list

type Number interface{ ~int32 | ~float32 }

type Pair[K comparable, V any] struct {
	Key   K
	Value V
	Next  *Pair[K, V]
}

type List[T any, A ~[4]T] struct {
	head *T
	rest A
}

type Ints = Pair[int8, [2]int16]

//go:noinline
func Map[S ~[]E, E any, N Number](in S, one E, n N, p Pair[string, N], i Ints, f func(E) N) []N {
	apply := func(at int, e E) N {
		return f(e)
	}
	return []N{Apply(apply, one)}
}

//go:noinline
func (l *List[T, A]) Push(v T, rest A, then func()) {
	then()
}

//go:noinline
func (p Pair[K, V]) Swap(k K, then func()) Pair[int, bool] {
	then()
	return Pair[int, bool]{}
}

//go:noinline
func Plain(p Pair[int, string], q Pair[uint16, Pair[uint8, bool]], then func()) {
	then()
}

//go:noinline
func Apply[E any, N Number](f func(int, E) N, one E) N {
	return f(0, one)
}
