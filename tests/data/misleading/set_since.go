// What was checked, used or passed, and set since by another name; calls that a grammar misreads.
//
// Each c_… crashes; `//!` names what failed on its line.
package main

type inner struct {
	a, b int
	m    map[string]int
	p    *inner
}
type outer struct {
	p, q *inner
	fs   map[string]func(int) int
	ff   []func(int) int
	n    int
}
type fo struct {
	fs map[string]func(int) int
}
type num int

func (n *num) inc() { *n += 5 }

var sink int
var gfs = []func(int) int{nil}

//go:noinline
func use(x int) { sink += x }

//go:noinline
func mk(ok bool) *inner {
	if ok {
		return &inner{a: 1, b: 2}
	}
	return nil
}

//go:noinline
func id(x int) int { return x + sink }

//go:noinline
func (o *outer) reset() { o.p = nil }

//go:noinline
func (o *outer) init() { o.p = mk(true) }

func c_fieldreset2() { fieldreset2(&outer{p: mk(true)}) }

//go:noinline
func fieldreset2(o *outer) {
	if o.p != nil {
		o.reset()
		use(o.q.b + o.p.b) //! o.q
	}
}
func c_fieldreset3() { fieldreset3(&outer{p: mk(true), q: mk(true)}) }

//go:noinline
func fieldreset3(o *outer) {
	if o.p != nil {
		o.reset()
		use(o.q.b + o.p.b) //! o.p
	}
}
func c_closemod3() { closemod3(mk(true), mk(true)) }

//go:noinline
func closemod3(p, q *inner) {
	f := func() { p = nil }
	use(p.a)
	f()
	use(q.b + p.b) //! p
}
func c_addr2() { addr2(mk(true), mk(true)) }

//go:noinline
func addr2(p, q *inner) {
	pp := &p
	use(p.a)
	*pp = nil
	use(q.b + p.b) //! p
}
func c_gotoback() { gotoback(mk(true), mk(true)) }

//go:noinline
func gotoback(p, q *inner) {
	use(p.a)
again:
	use(q.b + p.b) //! p
	p = nil
	goto again
}
func c_initlater() { initlater(&outer{}) }

//go:noinline
func initlater(o *outer) {
	o.init()
	use(o.p.b + o.q.b) //! o.q
}
func c_initlater2() { initlater2(&outer{q: mk(false)}) }

//go:noinline
func initlater2(o *outer) {
	o.init()
	use(o.p.b + o.q.b) //! o.q
}
func c_implicit() { implicit(1, []int{1, 2, 3}, []int{1, 2, 3, 4, 5, 6, 7}) }

//go:noinline
func implicit(n num, s, t []int) {
	n.inc()
	use(t[n] + s[n]) //! s[n]
}
func c_implicit2() { implicit2(5, 5) }

//go:noinline
func (n *num) zero() { *n = 0 }

//go:noinline
func implicit2(n, m num) {
	n.zero()
	use(int(7/m + 7/n)) //! n
}
func c_fsnil() { fsnil(nil, "b") }

//go:noinline
func fsnil(o *fo, k string) { use(o.fs[k](2)) } //! o

func c_fsnil2() { fsnil2(&fo{}, "b") }

//go:noinline
func fsnil2(o *fo, k string) { use(o.fs[k](2)) } //! o.fs[k]

func c_ffidx() { ffidx(&outer{ff: []func(int) int{id}}, 3, []int{1, 2, 3, 4}) }

//go:noinline
func ffidx(o *outer, k int, s []int) { use(s[k] + o.ff[k](2)) } //! o.ff[k]

func c_ffidx2() { ffidx2([]func(int) int{id}, 3, []int{1, 2, 3, 4}) }

//go:noinline
func ffidx2(ff []func(int) int, k int, s []int) { use(s[k] + ff[k](2)) } //! ff[k]

func c_ffarg() { ffarg([]func(int) int{id, nil}, 1, mk(true)) }

//go:noinline
func ffarg(ff []func(int) int, k int, p *inner) { use(ff[k](p.a)) } //! ff[k]

func c_ffarg2() { ffarg2([]func(int) int{id, nil}, 0, nil) }

//go:noinline
func ffarg2(ff []func(int) int, k int, p *inner) { use(ff[k](p.a)) } //! p

func c_gfs() { gfsf(0, mk(true)) }

//go:noinline
func gfsf(k int, p *inner) { use(p.a + gfs[k](2)) } //! gfs[k]

func c_shrink() { shrink([]int{1, 2, 3, 4}, []int{1, 2, 3, 4, 5, 6}) }

//go:noinline
func shrink(x, y []int) {
	for i := 0; i < len(x); i++ {
		x = x[:1]
		use(y[i] + x[i]) //! x[i]
		x = x[:4]
	}
}
func c_loopinc() { loopinc([]int{1, 2, 3}, []int{1, 2, 3, 4, 5, 6}) }

//go:noinline
func loopinc(x, y []int) {
	for i := 0; i < len(x); i++ {
		i += 3
		use(y[i] + x[i]) //! x[i]
	}
}
func c_rangeinc() { rangeinc([]int{1, 2, 3}, []int{1, 2, 3, 4, 5, 6}) }

//go:noinline
func rangeinc(x, y []int) {
	for i := range x {
		i += 3
		use(y[i] + x[i]) //! x[i]
	}
}
func c_rangeshrink() { rangeshrink([]int{1, 2, 3}, []int{1, 2, 3, 4, 5, 6}) }

//go:noinline
func rangeshrink(x, y []int) {
	for i := range x {
		x = x[:1]
		use(y[i] + x[i]) //! x[i]
	}
}
func c_shadowslice() { shadowslice([]int{1, 2, 3}, []int{1}, []int{1, 2, 3, 4}) }

//go:noinline
func shadowslice(x, y, z []int) {
	for i := 0; i < len(x); i++ {
		x := y
		use(z[i] + x[i]) //! x[i] | y[i]
	}
}
func c_mexpr() { mexpr(nil, mk(true)) }

//go:noinline
func (p *inner) sum(q *inner) int { return q.b + p.b } //! p

//go:noinline
func mexpr(p, q *inner) { use((*inner).sum(p, q)) } //! p

func c_mexpr3() { mexpr3(nil, mk(true)) }

//go:noinline
func mexpr3(p, q *inner) { use((*inner).sum(q, q) + p.b) } //! p

func c_lenm() { lenm([]int{}, []int{1, 2}) }

//go:noinline
func lenm(a, b []int) {
	if len(a) > 0 || len(b) > 0 {
		use(b[len(b)-1] + a[0]) //! a[0]
	}
}
func c_varover() { varover(mk(true), mk(true), mk(true), nil) }

//go:noinline
func varover(p *inner, rest ...*inner) {
	q := rest[2]
	use(p.b + q.b) //! q
}
func c_varidx() { varidx([]int{1, 2, 3}, 1, 7, 2) }

//go:noinline
func varidx(s []int, ix ...int) {
	for _, i := range ix {
		use(s[i]) //! s[i]
	}
}
func c_varlen() { varlen(5, 1, 2) }

//go:noinline
func varlen(n int, rest ...int) { use(rest[n] + n) } //! rest[n]

func c_varlen2() { varlen2([]int{1, 2, 3, 4, 5, 6, 7}, 5, 1, 2) }

//go:noinline
func varlen2(s []int, n int, rest ...int) { use(s[n] + rest[n]) } //! rest[n]

func c_vardiv() { vardiv(5, 0, 1) }

//go:noinline
func vardiv(n int, rest ...int) { use(n / rest[0]) } //! rest[0]

func c_multicall() { multicall(pair()) }

//go:noinline
func pair() ([]int, int) { return []int{1}, 4 }

//go:noinline
func multicall(s []int, n int) { use(s[n]) } //! s[n] | n

func c_ginst() { ginst(nil, mk(true)) }

//go:noinline
func ginst(p, q *inner) {
	h := func(x *inner, y *inner) int { return x.b + y.b } //! y
	use(h(q, p))
}
func c_condassign() { condassign(mk(true), mk(true), true) }

//go:noinline
func condassign(p, q *inner, t bool) {
	use(p.a + q.a)
	if t {
		p = nil
	}
	use(q.b + p.b) //! p
}
func c_switchassign() { switchassign(mk(true), mk(true), 2) }

//go:noinline
func switchassign(p, q *inner, t int) {
	use(p.a + q.a)
	switch t {
	case 1:
		q = nil
	case 2:
		p = nil
	}
	use(q.b + p.b) //! p
}
func c_deferassign() { deferassign(mk(true), mk(true)) }

//go:noinline
func deferassign(p, q *inner) {
	func() {
		defer func() { p = nil }()
		use(p.a)
	}()
	use(q.b + p.b) //! p
}
func c_rettuple() { rettuple(mk(true)) }

//go:noinline
func both() (*inner, *inner) { return nil, mk(true) }

//go:noinline
func rettuple(p *inner) {
	use(p.a)
	q := mk(true)
	p, q = both()
	use(q.b + p.b) //! p
}
func c_swapn() { swapn(mk(true), nil) }

//go:noinline
func swapn(p, q *inner) {
	use(p.a)
	p, q = q, p
	use(q.b + p.b) //! p
}
func c_structcopy() { structcopy(outer{p: mk(true), q: mk(true)}) }

//go:noinline
func structcopy(o outer) {
	if o.p != nil && o.q != nil {
		o2 := o
		o2.p = nil
		o = o2
		use(o.q.b + o.p.b) //! o.p | o2.p
	}
}
func c_arrayset() { arrayset([2]*inner{mk(true), mk(true)}, 1) }

//go:noinline
func arrayset(a [2]*inner, i int) {
	use(a[0].a + a[1].a)
	a[i] = nil
	use(a[0].b + a[1].b) //! a[1]
}
func c_mapset() { mapset(map[string]*inner{"a": mk(true), "b": mk(true)}, "a") }

//go:noinline
func mapset(m map[string]*inner, k string) {
	if m["a"] != nil && m["b"] != nil {
		m[k] = nil
		use(m["b"].b + m["a"].b) //! m["a"]
	}
}
func c_chainset() { o := &outer{p: &inner{p: mk(true)}, q: mk(true)}; chainset(o) }

//go:noinline
func chainset(o *outer) {
	use(o.p.p.a + o.q.a)
	x := o.p
	x.p = nil
	use(o.q.b + o.p.p.b) //! o.p.p
}
func c_lenguard() { lenguard([]int{1, 2, 3}, []int{1, 2, 3, 4, 5}, 4) }

//go:noinline
func lenguard(s, t []int, i int) {
	if i < len(s) || i < len(t) {
		use(t[i] + s[i]) //! s[i]
	}
}
func c_varstr() { varstr([]string{"a", "b", "c", "d", "e", "f"}, 5, "abcde", "x") }

//go:noinline
func varstr(s []string, n int, rest ...string) { use(len(s[n]) + len(rest[n])) } //! rest[n]

func c_pkgtype() { pkgtype(nil, mk(true)) }

type loc = inner

//go:noinline
func pkgtype(p, q *loc) { f := (*loc).sum; use(q.a + f(p, q)) }
