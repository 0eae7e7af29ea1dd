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

var (
	start  = 3
	weight = 2.5
	text   = "generic"
	stack  = &Stack[string]{items: []string{"a"}, limit: 1}
	pair   = Pair[string, int]{"k", 7}
	floats = []float64{0.5, 1.5}
	sum    int
)

//go:noinline
func Sum[T Number](first T, rest []T, label string) T {
	at("main.(*Stack[...]).Push", "receiver s *Stack[T]", &stack, "item T", &text, "times int", &start)
	stack.Push(text, start)
	sum += len(label) + len(rest)
	return first
}

//go:noinline
func (s *Stack[T]) Push(item T, times int) {
	at("main.Pair[...].Swap", "receiver p Pair[K, V]", &pair, "n int", &start, "note string", &text)
	pair.Swap(start, text)
	sum += times
	s.items = append(s.items, item)
}

//go:noinline
func (p Pair[K, V]) Swap(n int, note string) {
	at("main.Each[...]", "xs []T", &floats, "tag string", &text)
	Each(floats, text)
	sum += n + len(note)
}

//go:noinline
func Each[T any](xs []T, tag string) {
	visit(func(i int, name string) {
		if i >= 0 {
			panic("visited " + name)
		}
		_ = xs[i]
	}, len(tag), tag)
}

//go:noinline
func visit(f func(int, string), n int, name string) {
	at("main.Each[...].func1", "i int", &n, "name string", &name)
	f(n, name)
}

func main() {
	at("main.Sum[...]", "first T", &weight, "rest []T", &floats, "label string", &text)
	Sum(weight, floats, text)
}
