package x

func Differ(n int) {
	panic(n)
}
