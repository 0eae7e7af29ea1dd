package geometry

import (
	"time"

	other "example.com/dep"
)

type Point struct{ X, Y int32 }

type Named = Point

type Path [sides]Point

type Stamped struct {
	Point
	*Path
	At    time.Duration
	Extra other.Pair
	Sys   handle
}

type Shape interface{ Area() float64 }

type Celsius float64
