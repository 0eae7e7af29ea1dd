// Prints, as one JSON object a line, what go/types says of the parameters of every function of the
// packages named as arguments: the names under which a traceback prints them, sizes and kinds.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
)

type param struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Kind string `json:"kind"`
	Size int64  `json:"size"`
}

type function struct {
	Function string  `json:"function"`
	File     string  `json:"file"`
	Line     int     `json:"line"`
	Params   []param `json:"params"`
	Results  []param `json:"results"`
}

var (
	fset  = token.NewFileSet()
	sizes types.Sizes
	info  *types.Info
	out   = json.NewEncoder(os.Stdout)
)

func main() {
	build.Default.CgoEnabled = false
	sizes = types.SizesFor("gc", build.Default.GOARCH)
	imp := importer.ForCompiler(fset, "source", nil)
	for _, path := range os.Args[1:] {
		if err := check(path, imp); err != nil {
			fmt.Fprintln(os.Stderr, path, err)
			os.Exit(1)
		}
	}
}

func check(path string, imp types.Importer) error {
	found, err := build.Import(path, ".", 0)
	if err != nil {
		return err
	}
	var files []*ast.File
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(found.Dir, name), nil, 0)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: imp, Sizes: sizes, FakeImportC: true}
	if _, err := config.Check(path, fset, files, info); err != nil {
		return err
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name != "_" && f.Name.Name != "init" {
				declared(path, f)
			}
		}
	}
	return nil
}

func declared(path string, f *ast.FuncDecl) {
	sig := info.Defs[f.Name].Type().(*types.Signature)
	name := f.Name.Name
	if sig.TypeParams() != nil {
		name += "[...]"
	}
	if sig.Recv() != nil {
		name = receiver(sig.Recv().Type()) + "." + name
	}
	name = path + "." + name
	emit(name, sig, f.Pos(), f.End())
	if f.Body != nil {
		literals(name+".func", f.Body)
	}
}

// literals prints the function literals directly in node, and those in them, numbered in order.
func literals(prefix string, node ast.Node) {
	n := 0
	ast.Inspect(node, func(inner ast.Node) bool {
		lit, ok := inner.(*ast.FuncLit)
		if !ok {
			return true
		}
		n++
		name := fmt.Sprint(prefix, n)
		emit(name, info.Types[lit].Type.(*types.Signature), lit.Pos(), lit.End())
		literals(name+".", lit.Body)
		return false
	})
}

func receiver(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		return "(*" + receiver(p.Elem()) + ")"
	}
	named := t.(*types.Named)
	name := named.Obj().Name()
	if named.TypeParams() != nil {
		name += "[...]"
	}
	return name
}

// emit prints a line inside the function: the first where that is the only one.
func emit(name string, sig *types.Signature, pos, end token.Pos) {
	at := fset.Position(pos)
	line := at.Line
	if last := fset.Position(end).Line; last > line {
		line = last - 1
	}
	f := function{Function: name, File: at.Filename, Line: line}
	if sig.Recv() != nil {
		f.Params = append(f.Params, describe(sig.Recv()))
	}
	for v := range sig.Params().Variables() {
		f.Params = append(f.Params, describe(v))
	}
	for v := range sig.Results().Variables() {
		f.Results = append(f.Results, describe(v))
	}
	out.Encode(f)
}

func describe(v *types.Var) param {
	t := v.Type()
	text := types.TypeString(t, func(p *types.Package) string { return p.Name() })
	p := param{Name: v.Name(), Type: text, Size: -1}
	if !parameterised(t) {
		p.Size = sizes.Sizeof(t)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		p.Kind = u.Name()
	case *types.Pointer:
		p.Kind = "pointer"
	case *types.Slice:
		p.Kind = "slice"
	case *types.Array:
		p.Kind = "array"
	case *types.Struct:
		p.Kind = "struct"
	case *types.Map:
		p.Kind = "map"
	case *types.Chan:
		p.Kind = "chan"
	case *types.Signature:
		p.Kind = "func"
	case *types.Interface:
		p.Kind = "interface"
	}
	if _, ok := t.(*types.TypeParam); ok {
		p.Kind = "type parameter"
	}
	return p
}

// parameterised reports whether the size of t depends on a type parameter.
func parameterised(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return parameterised(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if parameterised(v.Type()) {
				return true
			}
		}
	}
	return false
}
