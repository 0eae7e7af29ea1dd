package main

type Point struct{ X, Y int32 }

type Order struct {
	ID    uint16
	Paid  bool
	Lines []string
	Note  string
}

type Tiny struct{ a, b, c int8 }

type Empty struct{}

type Deep struct {
	Level int
	Next  struct {
		Flag bool
		In   struct {
			Name string
			In   struct{ In struct{ N int } }
		}
	}
}

type Meter struct{ total float64 }

type Celsius float32

type Shape interface{ Area() float64 }

func texts(s string, t string)
func slices(b []byte, m []int)
func boxes(err, ok error, v, nilOrder interface{})
func refs(m, n map[string]int, c chan Point, f func(int) int, g func(), p unsafe.Pointer, u uintptr)
func packed(a int8, b int16, c uint8, d bool, e int32, r rune)
func wide(a int64, b uint64, c uint16, d int, t time.Duration)
func floats(f float32, g float64, t Celsius, c complex64, d complex128)
func structs(p Point, t Tiny, o Order)
func arrays(a [3]uint16, b [1]string, c [0]int)
func many(sep string, args ...interface{})
func (m *Meter) Add(by float64, unit string)
func (p Point) Move(dx, dy int32)
func (o Order) Total(tax float32)
func hollow(e Empty, n int, z [0]int, s struct{}, b bool)
func nested(d Deep, n int)
func eleven(a, b, c, d, e, f, g, h, i, j, k int)
func unused(s string, b []byte, n int8, o *Order) (left int, err error)
func shape(s Shape, empty string) (sum float64, ok bool)
func (m *Meter) Read(scale int) float64
func main()
