package main

// at is built into every sample program. Before a call it writes one line, `@ {…}`, with what
// is about to be passed: the truth that truth.json is made from.

import (
	"os"
	"reflect"
	"strconv"
	"unsafe"
)

// at takes the function's name as a traceback prints it, then pairs: what a parameter is ("n int",
// "receiver t *T") and the address of the variable that is passed.
func at(function string, pairs ...interface{}) {
	out := `@ {"function":` + quote(function) + `,"arguments":[`
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			out += ","
		}
		v := reflect.ValueOf(pairs[i+1]).Elem()
		out += `{"what":` + quote(pairs[i].(string)) + `,"value":` + show(v) + "}"
	}
	os.Stdout.WriteString(out + "]}\n")
}

func quote(s string) string {
	out := `"`
	for _, c := range []byte(s) {
		if c == '"' || c == '\\' {
			out += `\`
		}
		out += string(rune(c))
	}
	return out + `"`
}

// show writes a value in the shape of the annotation; v must be addressable, so that its words can
// be read where they lie.
func show(v reflect.Value) string {
	word := func(i uintptr) uintptr {
		return *(*uintptr)(unsafe.Pointer(v.UnsafeAddr() + i*unsafe.Sizeof(uintptr(0))))
	}
	hex := func(w uintptr) string { return `"0x` + strconv.FormatUint(uint64(w), 16) + `"` }
	nil_ := func(w uintptr) string { return strconv.FormatBool(w == 0) }
	float := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	num := func(w uintptr) string { return strconv.FormatInt(int64(w), 10) }
	switch k := v.Kind(); k {
	case reflect.Bool:
		return `{"kind":"bool","value":` + strconv.FormatBool(v.Bool()) + "}"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return `{"kind":"int","value":` + strconv.FormatInt(v.Int(), 10) + "}"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return `{"kind":"int","value":` + strconv.FormatUint(v.Uint(), 10) + "}"
	case reflect.Float32, reflect.Float64:
		return `{"kind":"float","value":` + float(v.Float()) + "}"
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		return `{"kind":"complex","real":` + float(real(c)) + `,"imag":` + float(imag(c)) + "}"
	case reflect.String:
		return `{"kind":"string","pointer":` + hex(word(0)) + `,"len":` + num(word(1)) +
			`,"text":` + quote(v.String()) + "}"
	case reflect.Slice:
		return `{"kind":"slice","pointer":` + hex(word(0)) + `,"len":` + num(word(1)) + `,"cap":` +
			num(word(2)) + `,"nil":` + nil_(word(0)) + "}"
	case reflect.Interface:
		dynamic, typed := "null", "false"
		if word(0) != 0 {
			dynamic = quote(v.Elem().Type().String())
			typed = strconv.FormatBool(word(1) == 0)
		}
		return `{"kind":"interface","type_word":` + hex(word(0)) + `,"data_word":` + hex(word(1)) +
			`,"nil":` + nil_(word(0)) + `,"dynamic_type":` + dynamic + `,"typed_nil":` + typed + "}"
	case reflect.Struct:
		out := `{"kind":"struct","fields":[`
		for i := 0; i < v.NumField(); i++ {
			if i > 0 {
				out += ","
			}
			out += `{"name":` + quote(v.Type().Field(i).Name) + `,"value":` + show(v.Field(i)) + "}"
		}
		return out + "]}"
	case reflect.Array:
		out := `{"kind":"array","elements":[`
		for i := 0; i < v.Len(); i++ {
			if i > 0 {
				out += ","
			}
			out += show(v.Index(i))
		}
		return out + "]}"
	}
	return `{"kind":"pointer","address":` + hex(word(0)) + `,"nil":` + nil_(word(0)) + "}"
}
