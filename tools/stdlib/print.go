package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"sort"
	"strconv"
	"strings"
)

// printer prints one package; the counters are those of its init functions and package literals.
type printer struct {
	out     io.Writer
	l       *loader
	p       *pkg
	inits   int
	globals [3]int
}

func (l *loader) print(out io.Writer, p *pkg) {
	fmt.Fprintf(out, "P\t%s\t%s\n", p.path, p.types.Name())
	for _, i := range p.types.Imports() {
		fmt.Fprintf(out, "I\t%s\t%s\n", i.Path(), i.Name())
	}
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		if object, ok := scope.Lookup(name).(*types.TypeName); ok && !object.IsAlias() {
			fmt.Fprintf(out, "T\t%s\t%s\t%s\n", name,
				strings.Join(typeParameters(object.Type()), ","), underlying(object.Type()))
		}
	}
	w := &printer{out: out, l: l, p: p}
	for _, f := range p.files {
		for _, d := range f.syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				w.function(f, d)
			}
		}
	}
	w.variables()
}

// variables prints the literals outside of functions: since go1.22 they are numbered in the order in
// which the variables are initialised, before as they stand in the files.
func (w *printer) variables() {
	type place struct {
		f    *file
		spec ast.Spec
	}
	var places []place
	for _, f := range w.p.files {
		for _, d := range f.syntax.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					places = append(places, place{f, spec})
				}
			}
		}
	}
	if release >= 22 {
		sort.SliceStable(places, func(i, j int) bool {
			return places[i].f.rank[places[i].spec] < places[j].f.rank[places[j].spec]
		})
	}
	for _, at := range places {
		w.inside(at.f, "", globalOuter, at.f.found[at.spec], &w.globals)
	}
}

func (w *printer) function(f *file, d *ast.FuncDecl) {
	found := f.found[d]
	object, _ := w.p.info.Defs[d.Name].(*types.Func)
	if d.Name.Name == "init" && d.Recv == nil {
		w.line(f, "", "init."+strconv.Itoa(w.inits), found, "", "", "")
		w.inside(f, "", "init."+strconv.Itoa(w.inits), found, nil)
		w.inits++
		return
	}
	if object == nil {
		return
	}
	signature := object.Type().(*types.Signature)
	params, results := parameters(signature)
	receiver, name, owner := "", d.Name.Name, ""
	if signature.Recv() != nil {
		receiver = signature.Recv().Name() + " " + typeText(signature.Recv().Type())
		name = receiverName(signature.Recv().Type()) + "." + name
	} else if symbol := f.links[name]; symbol != "" && found.body {
		if dot := strings.LastIndexByte(symbol, '.'); dot > 0 && strings.LastIndexByte(symbol, '/') < dot {
			owner, name = symbol[:dot], symbol[dot+1:]
			if owner == w.p.path {
				owner = ""
			}
		}
	}
	if len(typeParameters(signature)) > 0 {
		name += "[...]"
	}
	if name == "_" || !found.body && w.l.pushed[w.p.path+"."+name] {
		return
	}
	if !found.body && f.links[d.Name.Name] != "" && f.links[d.Name.Name] != w.p.path+"."+d.Name.Name {
		return // another's function under a name of our own
	}
	w.line(f, owner, name, found, receiver, params, results)
	if owner != "" { // its literals and wrappers go by its own name
		name = d.Name.Name
		w.line(f, "", name, found, receiver, params, results)
	}
	w.inside(f, "", name, found, nil)
}

func receiverName(t types.Type) string {
	star := ""
	if pointer, ok := t.(*types.Pointer); ok {
		star, t = "*", pointer.Elem()
	}
	name := "?"
	if named, ok := unalias(t).(*types.Named); ok {
		name = named.Obj().Name()
		if len(typeArguments(named)) > 0 {
			name += "[...]"
		}
	}
	if star != "" {
		return "(*" + name + ")"
	}
	return name
}

func (w *printer) line(f *file, owner, name string, found *function, receiver, params, results string) {
	flags := found.flags
	if !found.body {
		flags = "x"
	}
	fmt.Fprintf(w.out, "F\t%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", name, f.name, found.first, found.last,
		flags, owner, receiver, params, results)
}

// inside prints the literals in a function under the names that the compiler gives them.
func (w *printer) inside(f *file, owner, outer string, found *function, shared *[3]int) {
	counters := shared
	if counters == nil {
		counters = &[3]int{}
	}
	for _, inner := range found.inside {
		name := literalName(outer, inner, found, counters)
		w.line(f, owner, name, inner, "", inner.params, inner.results)
		w.inside(f, owner, name, inner, nil)
	}
}
