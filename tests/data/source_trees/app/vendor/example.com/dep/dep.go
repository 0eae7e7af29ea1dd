// Package dep is a dependency in a vendor folder.
package dep

import "example.com/dep/kinds"

// Width is a length that other packages use.
const Width = 1 << kinds.Shift

// Pair has types of its own package and of another.
type Pair struct {
	Left, Right kinds.Small
	Rest        [Width - 5]uint16
}

// Handler is a function type.
type Handler func(name string) error

//go:noinline
func (p Pair) Visit(depth int, then func()) {
	then()
}

//go:noinline
func Run(h Handler, p *Pair, then func()) {
	then()
}
