package main

import (
	"errors"
	"os"
	"time"
	"unsafe"
)

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

func (p Point) Area() float64 { return float64(p.X) * float64(p.Y) }

var (
	word    = "shape"
	none    = ""
	data    = []byte{1, 2, 3, 4, 5}
	missing []int
	failure = errors.New("out of paper")
	noError error
	any1    interface{} = Point{3, 4}
	typed   interface{} = (*Order)(nil)
	area    Shape       = Point{5, 6}
	ages                = map[string]int{"ann": 31}
	noAges  map[string]int
	queue   = make(chan Point, 2)
	call    = func(n int) int { return n + 1 }
	noCall  func()

	i8      = int8(-8)
	i16     = int16(-1600)
	i32     = int32(-320000)
	i64     = int64(-6400000000)
	u8      = uint8(200)
	u16     = uint16(50000)
	u64     = uint64(1) << 63
	yes     = true
	letter  = 'ß'
	count   = 42
	f32     = float32(1.5)
	f64     = -2.25
	c64     = complex64(complex(1, -1))
	c128    = complex(0.5, 1e9)
	heat    = Celsius(-3.5)
	limit   = 15 * time.Second
	order   = Order{7, true, []string{"pen", "ink"}, "gift"}
	porder  = &order
	point   = Point{-1, 2}
	tiny    = Tiny{-1, 2, -3}
	triple  = [3]uint16{1, 2, 65535}
	one     = [1]string{"only"}
	zero    = [0]int{}
	empty   = Empty{}
	deep    Deep
	meter   = &Meter{9.5}
	noMeter *Meter
	raw     = unsafe.Pointer(&point)
	plain   = uintptr(0xbeef)
	names   = []interface{}{"a", 2, nil}
	stop    = "all shapes shown"
	after   int
)

//go:noinline
func texts(s string, t string) {
	at("main.slices", "b []byte", &data, "m []int", &missing)
	slices(data, missing)
	after += len(s) + len(t)
}

//go:noinline
func slices(b []byte, m []int) {
	at("main.boxes", "err error", &failure, "ok error", &noError, "v interface{}", &any1, "nilOrder interface{}", &typed)
	boxes(failure, noError, any1, typed)
	after += len(b) + len(m)
}

//go:noinline
func boxes(err, ok error, v, nilOrder interface{}) {
	at("main.refs", "m map[string]int", &ages, "n map[string]int", &noAges, "c chan Point", &queue,
		"f func(int) int", &call, "g func()", &noCall, "p unsafe.Pointer", &raw, "u uintptr", &plain)
	refs(ages, noAges, queue, call, noCall, raw, plain)
	if ok != nil || v == nil || nilOrder == nil || err == nil {
		after++
	}
}

//go:noinline
func refs(m, n map[string]int, c chan Point, f func(int) int, g func(), p unsafe.Pointer, u uintptr) {
	at("main.packed", "a int8", &i8, "b int16", &i16, "c uint8", &u8, "d bool", &yes, "e int32", &i32, "r rune", &letter)
	packed(i8, i16, u8, yes, i32, letter)
	if len(m)+len(n)+cap(c) > 100 || g != nil || p == nil {
		after += f(int(u))
	}
}

//go:noinline
func packed(a int8, b int16, c uint8, d bool, e int32, r rune) {
	at("main.wide", "a int64", &i64, "b uint64", &u64, "c uint16", &u16, "d int", &count, "t time.Duration", &limit)
	wide(i64, u64, u16, count, limit)
	if d {
		after += int(a) + int(b) + int(c) + int(e) + int(r)
	}
}

//go:noinline
func wide(a int64, b uint64, c uint16, d int, t time.Duration) {
	at("main.floats", "f float32", &f32, "g float64", &f64, "t Celsius", &heat, "c complex64", &c64, "d complex128", &c128)
	floats(f32, f64, heat, c64, c128)
	after += int(a) + int(b) + int(c) + d + int(t)
}

//go:noinline
func floats(f float32, g float64, t Celsius, c complex64, d complex128) {
	at("main.structs", "p Point", &point, "t Tiny", &tiny, "o Order", &order)
	structs(point, tiny, order)
	if real(c) > 2 || imag(d) < 0 || f > 9 || g > 9 || t > 9 {
		after++
	}
}

//go:noinline
func structs(p Point, t Tiny, o Order) {
	at("main.arrays", "a [3]uint16", &triple, "b [1]string", &one, "c [0]int", &zero)
	arrays(triple, one, zero)
	after += int(p.X) + int(t.b) + len(o.Lines)
}

//go:noinline
func arrays(a [3]uint16, b [1]string, c [0]int) {
	at("main.many", "sep string", &word, "args ...interface{}", &names)
	many(word, names...)
	after += int(a[count%3]) + len(b[0]) + len(c)
}

//go:noinline
func many(sep string, args ...interface{}) {
	at("main.(*Meter).Add", "receiver m *Meter", &meter, "by float64", &f64, "unit string", &word)
	meter.Add(f64, word)
	after += len(sep) + len(args)
}

//go:noinline
func (m *Meter) Add(by float64, unit string) {
	at("main.Point.Move", "receiver p Point", &point, "dx int32", &i32, "dy int32", &letter)
	point.Move(i32, letter)
	after += int(by) + len(unit)
	m.total += by
}

//go:noinline
func (p Point) Move(dx, dy int32) {
	at("main.Order.Total", "receiver o Order", &order, "tax float32", &f32)
	order.Total(f32)
	after += int(p.X + dx + dy)
}

//go:noinline
func (o Order) Total(tax float32) {
	at("main.hollow", "e Empty", &empty, "n int", &count, "z [0]int", &zero, "s struct{}", &empty, "b bool", &yes)
	hollow(empty, count, zero, struct{}{}, yes)
	after += int(tax) + len(o.Note)
}

//go:noinline
func hollow(e Empty, n int, z [0]int, s struct{}, b bool) {
	at("main.nested", "d Deep", &deep, "n int", &count)
	nested(deep, count)
	if b {
		after += n
	}
}

//go:noinline
func nested(d Deep, n int) {
	at("main.eleven", "a int", &count, "b int", &count, "c int", &count, "d int", &count, "e int", &count, "f int", &count,
		"g int", &count, "h int", &count, "i int", &count, "j int", &count, "k int", &count)
	eleven(count, count, count, count, count, count, count, count, count, count, count)
	after += d.Level + n
}

//go:noinline
func eleven(a, b, c, d, e, f, g, h, i, j, k int) {
	at("main.unused", "s string", &word, "b []byte", &data, "n int8", &i8, "o *Order", &porder)
	unused(word, data, i8, porder)
	after += a + b + c + d + e + f + g + h + i + j + k
}

//go:noinline
func unused(s string, b []byte, n int8, o *Order) (left int, err error) {
	at("main.shape", "s Shape", &area, "empty string", &none)
	shape(area, none)
	return 0, nil
}

//go:noinline
func shape(s Shape, empty string) (sum float64, ok bool) {
	at("main.(*Meter).Read", "receiver m *Meter", &noMeter, "scale int", &count)
	v := noMeter.Read(count)
	return v + s.Area() + float64(len(empty)), true
}

//go:noinline
func (m *Meter) Read(scale int) float64 { return m.total * float64(scale) }

func main() {
	deep.Level = 1
	deep.Next.Flag = true
	deep.Next.In.Name = "bottom"
	deep.Next.In.In.In.N = 99
	if len(os.Args) > 5 {
		deep.Level, word, i8, noMeter = 2, "other", 3, meter
	}
	at("main.texts", "s string", &word, "t string", &none)
	texts(word, none)
}
