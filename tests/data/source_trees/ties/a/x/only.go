package x

func Only(n int) {
	panic(n)
}
