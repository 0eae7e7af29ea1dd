package pq

type Array [3]int64

type Options struct{ Host string }

func Connect(a Array) error {
	panic(a)
}
