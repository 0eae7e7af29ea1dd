package time

type Duration int64

type Time struct {
	wall uint64
	ext  int64
	loc  *Location
}

type Location struct{ name string }
