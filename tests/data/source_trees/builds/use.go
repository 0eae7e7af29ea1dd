package builds

func Use(s size, w [words]byte, f flag, h handle, same alike) {
	panic(s)
}
