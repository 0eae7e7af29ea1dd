//go:build go1.27

package list

//go:noinline
func (p Pair[K, V]) To[R ~int64, Q any](r R, q Q, then func()) Q {
	then()
	return q
}

// Last calls a method with type parameters of its own.
func Last(then func()) {
	Pair[int, string]{}.To(int64(3), "q", then)
}
