// Copyright

//go:build !special

package builds

type flag struct{}

func Off(f flag, h handle) {
	panic(f)
}
