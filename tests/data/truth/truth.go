// Package truth is built into every generated program (tests/truth_programs.py). Before a call it
// writes what is about to be passed, on demand a goroutine's stack, and it ends the process.
package truth

import (
	"io/ioutil"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// Never is false, which the compiler does not know; Big has bits above the 32nd.
var (
	Never bool
	Big   uint64 = 0xfedcba9876543210
	Zero  float64
	Sink  interface{}
	Dying bool
	Count int
	hooks = map[int]func(){}
	known = map[uintptr]string{}
	maps  []mapping
	text  [1 << 20]byte
)

type mapping struct {
	from, to uintptr
	kind     string
}

func init() {
	debug.SetGCPercent(-1) // what was written down stays where it was
	b, _ := ioutil.ReadFile("/proc/self/maps")
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) < 6 || !strings.HasSuffix(f[5], "/app") {
			continue
		}
		ends := strings.Split(f[0], "-")
		from, _ := strconv.ParseUint(ends[0], 16, 64)
		to, _ := strconv.ParseUint(ends[1], 16, 64)
		kind := "rodata"
		if f[1][1] == 'w' {
			kind = "data"
		}
		maps = append(maps, mapping{uintptr(from), uintptr(to), kind})
	}
}

// Hook keeps a function that a package below cannot name.
func Hook(n int, f func()) { hooks[n] = f }

// Call calls it.
//go:noinline
func Call(n int) { hooks[n]() }

// Global tells the name of a variable by its address.
func Global(name string, address interface{}) {
	known[reflect.ValueOf(address).Pointer()] = name
}

// Clone gives a string on the heap.
//go:noinline
func Clone(s string) string { return string([]byte(s)) }

// Touch takes a pointer and does not keep it.
//go:noinline
func Touch(p unsafe.Pointer) {
	if p == nil {
		Count++
	}
}

// Dump prints the stacks of all goroutines.
//go:noinline
func Dump(n int) {
	z := runtime.Stack(text[:], true)
	os.Stdout.WriteString("@T " + strconv.Itoa(n) + "\n" + string(text[:z]) + "\n@E\n")
}

// Quit is SIGQUIT from outside.
//go:noinline
func Quit(n int) {
	syscall.Kill(syscall.Getpid(), syscall.SIGQUIT)
	time.Sleep(time.Duration(n) * time.Second)
}

// At takes a function's number, then pairs: a parameter's name and the address of what is passed.
func At(function int, pairs ...interface{}) { tell("at", function, pairs) }

// Now is At for what a parameter is set to by the function itself.
func Now(function int, pairs ...interface{}) { tell("now", function, pairs) }

func tell(what string, function int, pairs []interface{}) {
	out := `@ {"what":"` + what + `","function":` + strconv.Itoa(function) + `,"arguments":[`
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			out += ","
		}
		v := reflect.ValueOf(pairs[i+1]).Elem()
		out += `{"name":` + quote(pairs[i].(string)) + `,"value":` + show(v) + "}"
	}
	os.Stdout.WriteString(out + "]}\n")
}

func quote(s string) string { return strconv.QuoteToASCII(s) }

func hex(w uintptr) string { return `"0x` + strconv.FormatUint(uint64(w), 16) + `"` }

func where(w uintptr) string {
	for _, m := range maps {
		if m.from <= w && w < m.to {
			return `"` + m.kind + `"`
		}
	}
	return "null"
}

func float(f float64, bits int) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if strings.ContainsAny(s, "NI") {
		return `"` + s + `"`
	}
	return s
}

// show writes a value in the shape of the annotation; v must be addressable, so that its words can
// be read where they lie.
func show(v reflect.Value) string {
	word := func(i uintptr) uintptr {
		return *(*uintptr)(unsafe.Pointer(v.UnsafeAddr() + i*unsafe.Sizeof(uintptr(0))))
	}
	null := func(w uintptr) string { return strconv.FormatBool(w == 0) }
	num := func(w uintptr) string { return strconv.FormatInt(int64(w), 10) }
	switch v.Kind() {
	case reflect.Bool:
		return `{"kind":"bool","value":` + strconv.FormatBool(v.Bool()) + "}"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return `{"kind":"int","value":` + strconv.FormatInt(v.Int(), 10) + "}"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return `{"kind":"int","value":` + strconv.FormatUint(v.Uint(), 10) + "}"
	case reflect.Float32, reflect.Float64:
		return `{"kind":"float","value":` + float(v.Float(), 64) + "}"
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		return `{"kind":"complex","real":` + float(real(c), 64) + `,"imag":` + float(imag(c), 64) + "}"
	case reflect.String:
		return `{"kind":"string","pointer":` + hex(word(0)) + `,"len":` + num(word(1)) +
			`,"bytes":"` + bytes(v.String()) + `","where":` + where(word(0)) + "}"
	case reflect.Slice:
		return `{"kind":"slice","pointer":` + hex(word(0)) + `,"len":` + num(word(1)) + `,"cap":` +
			num(word(2)) + `,"nil":` + null(word(0)) + "}"
	case reflect.Interface:
		dynamic, typed := "null", "false"
		if word(0) != 0 {
			dynamic = quote(v.Elem().Type().String())
			switch v.Elem().Kind() {
			case reflect.Ptr, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
				typed = strconv.FormatBool(word(1) == 0)
			}
		}
		return `{"kind":"interface","type_word":` + hex(word(0)) + `,"data_word":` + hex(word(1)) +
			`,"nil":` + null(word(0)) + `,"dynamic_type":` + dynamic + `,"typed_nil":` + typed + "}"
	case reflect.Struct:
		parts := []string{}
		for i := 0; i < v.NumField(); i++ {
			parts = append(parts, `{"name":`+quote(v.Type().Field(i).Name)+`,"value":`+show(v.Field(i))+"}")
		}
		return `{"kind":"struct","fields":[` + strings.Join(parts, ",") + "]}"
	case reflect.Array:
		parts := []string{}
		for i := 0; i < v.Len(); i++ {
			parts = append(parts, show(v.Index(i)))
		}
		return `{"kind":"array","elements":[` + strings.Join(parts, ",") + "]}"
	}
	symbol := "null"
	if v.Kind() == reflect.Func && word(0) != 0 {
		symbol = quote(runtime.FuncForPC(*(*uintptr)(unsafe.Pointer(word(0)))).Name())
	} else if name, ok := known[word(0)]; ok {
		symbol = quote(name)
	}
	return `{"kind":"pointer","address":` + hex(word(0)) + `,"nil":` + null(word(0)) + `,"symbol":` + symbol +
		`,"where":` + where(word(0)) + `,"func":` + strconv.FormatBool(v.Kind() == reflect.Func) + "}"
}

func bytes(s string) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(s))
	for i := 0; i < len(s); i++ {
		out = append(out, digits[s[i]>>4], digits[s[i]&15])
	}
	return string(out)
}
