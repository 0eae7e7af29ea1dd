// Prints type and itab addresses beside what reflect says of them: tests/test_rtype.py.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
	"text/template"
	"time"
	"unsafe"
)

type S struct {
	A int
	b string
}

func (s S) M() int        { return s.A }
func (s *S) P() int       { return s.A }
func (s S) Error() string { return s.b }

type PtrErr struct{ x int }

func (p *PtrErr) Error() string { return "p" }

type One struct{ p *int }

func (One) M() int { return 1 }

type Arr [1]*int
type In int8

func (In) M() int { return 2 }

type Mp map[string]int

func (Mp) M() int { return 3 }

type Fn func(int) error

func (Fn) M() int { return 4 }

type Ch chan int

func (Ch) M() int { return 5 }

type Sl []byte

func (Sl) M() int { return 6 }

type Str string
type Ar2 [3]int16

func (Ar2) M() int { return 7 }

type Mer interface{ M() int }
type Örn struct{ ü int }

func (Örn) M() int { return 8 }

type emptyI interface{}

//go:noinline
func show(v interface{}) {
	w := (*[2]uintptr)(unsafe.Pointer(&v))
	t := reflect.TypeOf(v)
	pk := t.PkgPath()
	fmt.Printf("T %#x|%s|%s|%d|%v|%s|%v\n", w[0], t.String(), t.Kind(), t.Size(), t.Name() != "", pk, direct(t))
}

// direct is whether an interface holds the value itself, by the language's own rules.
func direct(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Ptr, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return t.Len() == 1 && direct(t.Elem())
	case reflect.Struct:
		return t.NumField() == 1 && direct(t.Field(0).Type)
	}
	return false
}

//go:noinline
func showM(v Mer) {
	w := (*[2]uintptr)(unsafe.Pointer(&v))
	fmt.Printf("I %#x|main.Mer|%s\n", w[0], reflect.TypeOf(v).String())
}

//go:noinline
func showE(v error) {
	w := (*[2]uintptr)(unsafe.Pointer(&v))
	fmt.Printf("I %#x|error|%s\n", w[0], reflect.TypeOf(v).String())
}

//go:noinline
func showR(v io.Reader) {
	w := (*[2]uintptr)(unsafe.Pointer(&v))
	fmt.Printf("I %#x|io.Reader|%s\n", w[0], reflect.TypeOf(v).String())
}

func f(x int) {}

func main() {
	pc := reflect.ValueOf(f).Pointer()
	fmt.Printf("F %#x\n", pc)
	i := 1
	for _, v := range []interface{}{1, int8(1), uint64(2), "x", 1.5, float32(1), complex64(1), 2i, true, uintptr(1), []int{1}, [2]string{}, map[string]int{}, make(chan int), f, &i, unsafe.Pointer(&i),
		S{}, &S{}, PtrErr{}, &PtrErr{}, One{}, Arr{}, In(1), Mp{}, Fn(nil), Ch(nil), Sl(nil), Str(""), Ar2{}, Örn{}, &Örn{}, struct{ a int8 }{}, struct{ S }{}, []emptyI{}, map[In]*S{}, func(S, ...int) (error, *S) { return nil, nil },
		time.Second, time.Time{}, &time.Time{}, os.Stdout, errors.New("x"), &bytes.Buffer{}, reflect.TypeOf(1), []Mer{}, (*Mer)(nil), &net.OpError{}, net.IP{}, template.FuncMap{}, &os.PathError{}, [0]int{}, struct{}{}, [][]map[string][]*S{}} {
		show(v)
	}
	for _, v := range []Mer{S{}, &S{}, One{}, In(1), Mp{}, Fn(nil), Ch(nil), Sl(nil), Ar2{}, Örn{}} {
		showM(v)
	}
	for _, v := range []error{S{}, &PtrErr{}, errors.New("x"), &net.OpError{}, &os.PathError{}} {
		showE(v)
	}
	showR(os.Stdout)
	showR(&bytes.Buffer{})
	showR(strings.NewReader("x"))
}
