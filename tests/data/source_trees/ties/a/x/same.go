package x

func Same(n int) {
	panic(n)
}
