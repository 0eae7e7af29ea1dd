package kinds

const (
	_ = iota
	One
	Two
	Shift = One + Two // 3
)

type Small int16

type (
	Set   map[string]struct{}
	Bits  [2 * Two]bool
	Inner struct {
		Set
		*Bits
		name string
	}
)
