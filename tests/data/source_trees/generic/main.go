package main

import "example.com/generic/list"

func main() {
	list.Plain(list.Pair[int, string]{}, list.Pair[uint16, list.Pair[uint8, bool]]{}, func() {
		list.Pair[string, int8]{Key: "k"}.Swap("k", func() {
			new(list.List[uint32, [4]uint32]).Push(7, [4]uint32{1}, func() {
				list.Last(func() {
					list.Map([]string{"s"}, "one", int32(2), list.Pair[string, int32]{}, list.Ints{}, fail)
				})
			})
		})
	})
}

//go:noinline
func fail(s string) int32 {
	panic(s)
}
