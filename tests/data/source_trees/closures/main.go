// Closures that are called where they stand: what they capture becomes parameters until go1.16.
package main

type large struct{ words [17]int64 }

type small struct {
	a int8
	b [2]string
}

func (s *small) pointer() int { return len(s.b) }

func (l large) value() int { return int(l.words[0]) }

var wait = make(chan bool)

//go:noinline
func use(values ...interface{}) {}

//go:noinline
func (s *small) method(n int, l large, names ...string) (result int, err error) {
	defer func(code int) {
		use(code, n, s.a, names)
	}(1)
	defer func() {
		result = n
	}()
	func() {
		use(l.words[1], n)
	}()
	return n, nil
}

//go:noinline
func assigned(a, b int16, c string, d []int) {
	b++
	d[0] = 3
	go func(x int8) {
		use(d, c, b, a, x)
		wait <- true
	}(2)
	<-wait
	defer func() { use(a, c, func() { use(d) }) }()
	c = "new"
}

//go:noinline
func addressed(a int, b small, c small, e [3]int) {
	p := &a
	q := b.b
	var r, t uint32
	c.a = 4
	f := e[:]
	defer func() { use(*p, a, q, r, t, f) }()
	defer func() { use(b.a); use(c.a, e[1]) }()
	t = 5
}

//go:noinline
func nested(a int, b float32) {
	u, w := 1.5, "w"
	func(a uint8) {
		v := []string{w}
		defer func() {
			use(b)
			func() { use(v, a, u) }()
			if w := 3; w > 2 {
				use(w)
			}
		}()
	}(7)
}

//go:noinline
func loops(m map[string]int) {
	for i := 0; i < 2; i++ {
		func() { use(i) }()
	}
	for k, v := range m {
		func() { use(v, k, m) }()
	}
	for _, s := range []small{{}} {
		s := s
		func() { use(s.a) }()
	}
}

//go:noinline
func shadows(err error, x int) {
	x, y := 2, 3
	defer func() {
		err := err
		use(err, x, y)
	}()
	{
		x := "inner"
		defer func() { use(x) }()
	}
	const c = 3
	type t int
	defer func() { use(c, t(1), small{a: 1}, err) }()
}

func main() {
	new(small).method(1, large{}, "a")
	assigned(1, 2, "c", []int{1})
	addressed(1, small{}, small{}, [3]int{})
	nested(1, 2)
	loops(map[string]int{"a": 1})
	shadows(nil, 1)
}
