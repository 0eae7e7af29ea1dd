package main

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// writer writes types: as Go does, without blanks but in front of a field's type, with
// `import/path`Name for a defined type, $T for a type parameter ($S~[]$E where its
// constraint is one slice, map, pointer … type) and ? for what did not check.
// Aliases are followed; empty interfaces are any.
type writer struct {
	strings.Builder
	seen map[types.Type]bool
}

func typeText(t types.Type) string {
	w := &writer{seen: map[types.Type]bool{}}
	w.write(t)
	return w.String()
}

func (w *writer) write(t types.Type) {
	t = unalias(t)
	if name := typeParameter(t); name != "" {
		w.WriteString("$" + name)
		if core := coreType(t); core != nil {
			w.WriteByte('~')
			w.write(core)
		}
		return
	}
	switch t := t.(type) {
	case *types.Basic:
		w.basic(t)
	case *types.Pointer:
		w.WriteByte('*')
		w.write(t.Elem())
	case *types.Slice:
		w.WriteString("[]")
		w.write(t.Elem())
	case *types.Array:
		w.WriteString("[" + strconv.FormatInt(t.Len(), 10) + "]")
		w.write(t.Elem())
	case *types.Map:
		w.WriteString("map[")
		w.write(t.Key())
		w.WriteByte(']')
		w.write(t.Elem())
	case *types.Chan:
		w.WriteString([]string{"chan ", "chan<- ", "<-chan "}[t.Dir()])
		w.write(t.Elem())
	case *types.Signature:
		w.WriteString("func")
		w.signature(t)
	case *types.Struct:
		w.structure(t)
	case *types.Interface:
		w.iface(t)
	case *types.Named:
		w.named(t)
	default:
		w.WriteByte('?')
	}
}

func (w *writer) basic(t *types.Basic) {
	switch t.Kind() {
	case types.Invalid:
		w.WriteByte('?')
	case types.UnsafePointer:
		w.WriteString("unsafe.Pointer")
	default:
		w.WriteString(strings.TrimPrefix(t.Name(), "untyped "))
	}
}

func (w *writer) signature(t *types.Signature) {
	w.WriteByte('(')
	w.tuple(t.Params(), t.Variadic())
	w.WriteByte(')')
	if t.Results().Len() > 0 {
		w.WriteByte('(')
		w.tuple(t.Results(), false)
		w.WriteByte(')')
	}
}

func (w *writer) tuple(t *types.Tuple, variadic bool) {
	for i := 0; i < t.Len(); i++ {
		if i > 0 {
			w.WriteByte(',')
		}
		w.element(t.At(i).Type(), variadic && i == t.Len()-1)
	}
}

// element writes a parameter's type.
func (w *writer) element(t types.Type, variadic bool) {
	if s, ok := t.(*types.Slice); ok && variadic {
		w.WriteString("...")
		t = s.Elem()
	}
	w.write(t)
}

func (w *writer) structure(t *types.Struct) {
	w.WriteString("struct{")
	for i := 0; i < t.NumFields(); i++ {
		if i > 0 {
			w.WriteByte(';')
		}
		w.WriteString(t.Field(i).Name() + " ")
		w.write(t.Field(i).Type())
	}
	w.WriteByte('}')
}

func (w *writer) iface(t *types.Interface) {
	if t.NumMethods() == 0 && t.NumEmbeddeds() == 0 {
		w.WriteString("any")
		return
	}
	w.WriteString("interface{")
	for i := 0; i < t.NumMethods(); i++ {
		if i > 0 {
			w.WriteByte(';')
		}
		w.WriteString(t.Method(i).Name())
		w.signature(t.Method(i).Type().(*types.Signature))
	}
	w.WriteByte('}')
}

func (w *writer) named(t *types.Named) {
	object := t.Obj()
	if object.Pkg() == nil { // error, comparable
		w.WriteString(object.Name())
		return
	}
	if object.Parent() != nil && object.Parent() != object.Pkg().Scope() { // declared in a function
		if w.seen[t] {
			w.WriteByte('?')
			return
		}
		w.seen[t] = true
		w.write(t.Underlying())
		delete(w.seen, t)
		return
	}
	fmt.Fprintf(w, "`%s`%s", object.Pkg().Path(), object.Name())
	if arguments := typeArguments(t); len(arguments) > 0 {
		w.WriteByte('[')
		for i, argument := range arguments {
			if i > 0 {
				w.WriteByte(',')
			}
			w.write(argument)
		}
		w.WriteByte(']')
	}
}

// underlying is the text of a declared type's underlying type; what is inside func types and
// interfaces decides nothing there.
func underlying(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return "any"
	case *types.Signature:
		return "func()"
	default:
		return typeText(u)
	}
}
