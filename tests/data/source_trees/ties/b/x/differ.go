package x

func Differ(n string) {
	panic(n)
}
