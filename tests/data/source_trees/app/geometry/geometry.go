package geometry

import (
	. "example.com/dep/kinds"
	"time"
)

const (
	sides  = corners - 1
	border = len("four")
)

//go:noinline
func (p Point) Scale(by int8, off Celsius, then func()) (n Named, err error) {
	then()
	return Named(p), nil
}

//go:noinline
func (s *Stamped) Move(to, from Point, names ...string) {
	s.step(func(d time.Duration) {
		println(to.X, from.Y, len(names), d)
		panic(names[5])
	})
}

//go:noinline
func (s *Stamped) step(do func(time.Duration)) {
	do(s.At)
}

//go:noinline
func Outline(p Path, frame [border]int16, in Inner, b Bits, sh Shape, then func()) (int, [2]Small) {
	then()
	return len(p) + len(frame), [2]Small{}
}

//go:noinline
func anonymous(_ int, string_ string, _ map[string][]Point, c chan<- Point, then func()) {
	then()
}

func Anonymous(then func()) { anonymous(1, "two", nil, nil, then) }

func Inside() Inner { return Inner{} }

func Flags() Bits { return Bits{} }
