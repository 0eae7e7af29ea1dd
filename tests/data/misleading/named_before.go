// Values whose machine code still has names that mean something else by the time of the crash.
//
// Each c_… crashes; `//!` names what failed on its line.
package main

import "fmt"

type inner struct {
	a, b int
	p    *inner
	m    map[string]int
}

var sink int
var zero = 0
var gmap map[string]int
var gp, gq *inner

//go:noinline
func use(x int) { sink += x }

//go:noinline
func mk(ok bool) *inner {
	if ok {
		return &inner{a: 1, b: 2}
	}
	return nil
}
func c_overp() { overp(&inner{}) }

//go:noinline
func overp(p *inner) {
	p = p.p
	use(p.b + p.p.b) //! p
}
func c_overp2() { overp2(&inner{p: &inner{}}) }

//go:noinline
func overp2(p *inner) {
	use(p.a)
	p = p.p
	use(p.b + p.p.b) //! p.p
}
func c_overp3() { overp3(&inner{p: &inner{}}, 3) }

//go:noinline
func overp3(p *inner, n int) {
	for i := 0; i < n; i++ {
		p = p.p
		use(p.b + p.p.a) //! p.p
	}
}
func c_blockname() { blockname(mk(true), nil) }

//go:noinline
func blockname(p, x *inner) {
	{
		p := x
		if p != nil {
			use(p.a)
		}
	}
	use(x.b + p.b) //! x
}
func c_blockname2() { blockname2(nil, mk(true)) }

//go:noinline
func blockname2(x, p *inner) {
	if sink == 0 {
		p := x
		use(7)
		sink = 1
		if p != nil {
			use(p.a)
		}
	}
	use(p.b + x.b) //! x
}
func c_swapname() { swapname(nil, mk(true)) }

//go:noinline
func swapname(p, q *inner) {
	p, q = q, p
	use(p.b + q.b) //! q
}
func c_swapname2() { swapname2(nil, mk(true)) }

//go:noinline
func swapname2(p, q *inner) {
	use(1)
	p, q = q, p
	use(2)
	use(q.b + p.b) //! q
}
func c_rotate() { rotate(mk(true), nil, mk(true), 4) }

//go:noinline
func rotate(p, q, r *inner, n int) {
	for i := 0; i < n; i++ {
		p, q, r = q, r, p
		use(i)
		if i == 3 {
			use(p.b + q.b + r.b) //! p
		}
	}
}
func c_overidx() { overidx([]int{1, 2, 3}, []int{1, 2, 3, 4, 5, 6}, 2) }

//go:noinline
func overidx(s, t []int, n int) {
	use(s[n])
	n += 2
	use(t[n] + s[n] + t[n-2]) //! s[n]
}
func c_overidx2() { overidx2([]int{1, 2, 3}, 1, 3) }

//go:noinline
func overidx2(s []int, i, j int) {
	i, j = j, i
	use(s[j] + s[i]) //! s[i]
}
func c_overslice() { overslice([]int{1, 2, 3, 4}, []int{1}, 2) }

//go:noinline
func overslice(s, t []int, n int) {
	use(s[n])
	s, t = t, s
	use(t[n] + s[n]) //! s[n]
}
func c_overdiv() { overdiv(4, 4) }

//go:noinline
func overdiv(n, m int) {
	n -= 4
	use(7/m + 7/n) //! n
}
func c_overdiv2() { overdiv2(4, 0) }

//go:noinline
func overdiv2(n, m int) {
	n, m = m, n
	use(7/m + 7/n) //! n
}
func c_exprdiv() { exprdiv(4, 2) }

//go:noinline
func exprdiv(n, m int) { use(7/m + 7/(n-4) + 7/n) } //! (n-4) | n-4

func c_gnilmap() { gnilmap("x") }

//go:noinline
func gnilmap(k string) { gmap[k] = 1 } //! gmap

func c_gdiv() { gdiv(3) }

//go:noinline
func gdiv(n int) { use(n / zero) } //! zero

func c_gptr() { gq = mk(true); gptr() }

//go:noinline
func gptr() { use(gq.b + gp.b) } //! gp

func c_phi() { phi(nil, mk(true), true) }

//go:noinline
func phi(p, q *inner, t bool) {
	r := q
	if t {
		r = p
	}
	use(q.b + r.b) //! r
}
func c_phi2() { phi2(mk(true), nil, 1) }

//go:noinline
func phi2(p, q *inner, n int) {
	var r *inner
	switch n {
	case 0:
		r = p
	case 1:
		r = q
	default:
		r = p.p
	}
	use(p.b + r.b) //! r
}
func c_phiidx() { phiidx([]int{1, 2, 3}, 1, 7) }

//go:noinline
func phiidx(s []int, a, b int) {
	n := a
	if b > a {
		n = b
	}
	use(s[a] + s[n]) //! s[n]
}
func c_addrdiv() { addrdiv(1, 1) }

//go:noinline
func setn(n *int, v int) { *n = v }

//go:noinline
func addrdiv(n, m int) {
	setn(&n, 0)
	use(5/m + 7%n) //! n
}
func c_ptrmeth() { val{1, 2}.ptrmeth(5) }

type val struct{ n, k int }

func (v *val) set() { v.k = 0 }

//go:noinline
func (v val) ptrmeth(x int) {
	v.set()
	use(x/v.n + x/v.k) //! v.k
}
func c_derefidx() { s := []int{1}; derefidx(&s, 4, []int{1, 2, 3, 4, 5}) }

//go:noinline
func derefidx(p *[]int, i int, t []int) { use(t[i] + (*p)[i]) } //! (*p)[i]

func c_loopphi() { loopphi(&inner{p: &inner{p: &inner{}}}) }

//go:noinline
func loopphi(head *inner) {
	prev, cur := head, head.p
	for {
		use(prev.b + cur.b) //! cur
		prev, cur = cur, cur.p
	}
}
func c_reuse() { reuse(mk(true), mk(true)) }

//go:noinline
func other(p *inner) *inner { return p.p }

//go:noinline
func reuse(p, q *inner) {
	x := other(p)
	y := x
	x = q
	use(x.b + y.b) //! y
}
func c_strbytes() { strbytes("abc", "abcdef", 4) }

//go:noinline
func strbytes(s, t string, n int) { use(int([]byte(t)[n]) + int([]byte(s)[n])) } //! []byte(s)[n] | s[n]

func c_promwrap() { promwrap(wrapsp{}, &wrapsp{val: &val{}}) }

//go:noinline
func promwrap(a, b ker) { use(b.K() + a.K()) } //! a

func c_promwrap2() { var w *wrapsv; promwrap2(w, &wrapsv{}) }

//go:noinline
func promwrap2(a, b ker) { use(b.K() + a.K()) } //! a

func c_elemalias() { elemalias([]*inner{mk(true), mk(true)}, 0) }

//go:noinline
func elemalias(ps []*inner, i int) {
	use(ps[0].a + ps[1].a)
	ps[i] = nil
	use(ps[1].b + ps[0].b) //! ps[0]
}


type ker interface{ K() int }

//go:noinline
func (v *val) K() int { return v.k } //! v

type wrapsp struct {
	x int
	*val
}
type wrapsv struct {
	x int
	val
}

func c_repanic() { repanic(nil) }

//go:noinline
func repanic(p *inner) {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprintf("wrapped: %v", r)) //! panic(fmt.Sprintf("wrapped: %v", r)) | …
		}
	}()
	use(p.b) //! p
}

func c_named() { named(4, 1) }

//go:noinline
func named(n, k int) {
	t := val{k, n}
	use(t.k + n)
	use(k / (n - 4)) //! n - 4 | (n - 4) | t.k-4
}
