package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// function is what the body of a function, method or literal said. For a literal, and for the
// receiver's name, it holds what is printed; a declaration's types differ from port to port.
type function struct {
	literal     *ast.FuncLit
	params      string // literals only
	results     string
	first, last int
	flags       string
	body        bool
	inside      []*function // literals and bodies of range-over-func loops, in source order
	ranged      bool        // it is such a body
}

// read looks once into each body of the file, and takes it out.
func (l *loader) read(p *pkg, f *file, order map[types.Object]int) {
	f.done = true
	for _, d := range f.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			found := l.lines(d.Pos(), d.End())
			found.body = d.Body != nil
			if d.Body != nil {
				r := &reader{l, p.info, found}
				r.literals(d.Body)
				found.flags = flags(p.info, append(fields(d.Recv), fields(d.Type.Params)...), d.Body)
			}
			f.found[d] = found
			d.Body = nil
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				for _, spec := range d.Specs {
					outer := &function{}
					r := &reader{l, p.info, outer}
					r.literals(spec)
					f.found[spec] = outer
					for _, name := range spec.(*ast.ValueSpec).Names {
						f.rank[spec] = order[p.info.Defs[name]]
					}
				}
			}
		}
	}
}

// initOrder numbers the package's variables from 1 as they are initialised.
func initOrder(info *types.Info) map[types.Object]int {
	order := map[types.Object]int{}
	for i, initializer := range info.InitOrder {
		for _, variable := range initializer.Lhs {
			order[variable] = i + 1
		}
	}
	return order
}

func (l *loader) lines(first, last token.Pos) *function {
	return &function{first: l.files.fset.PositionFor(first, false).Line,
		last: l.files.fset.PositionFor(last-1, false).Line}
}

func fields(list *ast.FieldList) []*ast.Field {
	if list == nil {
		return nil
	}
	return list.List
}

// reader collects the literals of one function.
type reader struct {
	l     *loader
	info  *types.Info
	outer *function
}

// literals walks the node in source order, as the compiler numbers literals. Branches whose
// condition is a constant are not compiled, and literals there get no number.
func (r *reader) literals(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			r.outer.inside = append(r.outer.inside, r.literal(n))
			return false
		case *ast.IfStmt:
			if value, known := constantCondition(r.info, n.Cond); known && deadSkipped {
				r.branch(n, value)
				return false
			}
		case *ast.RangeStmt:
			if _, ok := r.typeOf(n.X).Underlying().(*types.Signature); ok {
				r.literals(n.X)
				body := r.l.lines(n.Pos(), n.End())
				body.ranged, body.body = true, true
				inner := &reader{r.l, r.info, body}
				inner.literals(n.Body)
				r.outer.inside = append(r.outer.inside, body)
				return false
			}
		}
		return true
	})
}

func (r *reader) branch(n *ast.IfStmt, value bool) {
	if n.Init != nil {
		r.literals(n.Init)
	}
	if value {
		r.literals(n.Body)
	} else if n.Else != nil {
		r.literals(n.Else)
	}
}

func (r *reader) literal(n *ast.FuncLit) *function {
	found := r.l.lines(n.Pos(), n.End())
	found.literal, found.body = n, true
	if signature, ok := r.typeOf(n).(*types.Signature); ok {
		found.params, found.results = parameters(signature)
	}
	found.flags = flags(r.info, fields(n.Type.Params), n.Body)
	inner := &reader{r.l, r.info, found}
	inner.literals(n.Body)
	return found
}

func (r *reader) typeOf(e ast.Expr) types.Type {
	if t := r.info.Types[e].Type; t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// parameters writes "name type;name type" for the parameters and the results.
func parameters(s *types.Signature) (string, string) {
	return tuple(s.Params(), s.Variadic()), tuple(s.Results(), false)
}

func tuple(t *types.Tuple, variadic bool) string {
	var texts []string
	for i := 0; i < t.Len(); i++ {
		w := &writer{seen: map[types.Type]bool{}}
		w.element(t.At(i).Type(), variadic && i == t.Len()-1)
		texts = append(texts, t.At(i).Name()+" "+w.String())
	}
	return strings.Join(texts, ";")
}

func constantCondition(info *types.Info, e ast.Expr) (value, known bool) {
	if v := info.Types[e].Value; v != nil && v.Kind() == constant.Bool {
		return constant.BoolVal(v), true
	}
	if binary, ok := e.(*ast.BinaryExpr); ok { // one operand may decide
		left, known := constantCondition(info, binary.X)
		if known && (binary.Op == token.LAND && !left || binary.Op == token.LOR && left) {
			return left, true
		}
	}
	return false, false
}
