package x

// One line more.


func Only(n int) {
	panic(n)
}
