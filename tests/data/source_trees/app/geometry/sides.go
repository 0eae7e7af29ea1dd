package geometry

const (
	triangle = iota + 3
	square
	corners
)
