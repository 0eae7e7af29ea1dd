package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Flags, a letter per receiver and parameter, in order; empty where all are a:
//
//	a  used, its address never taken        b  used, address not known
//	c  not used                             d  use not known, its address never taken
//	e  neither known                        x  (alone) there is no body: assembly
//
// "Used" is proven: a use that no constant condition, no code behind a return and no inlined callee
// can make unreachable. An address is taken by &, by a method with a pointer receiver, by slicing an
// array, and, for all we know, where a literal captures the parameter.

type use struct {
	strong, weak, address bool
}

func flags(info *types.Info, list []*ast.Field, body *ast.BlockStmt) string {
	uses := map[types.Object]*use{}
	var order []types.Object
	for _, field := range list {
		for _, name := range field.Names {
			object := info.Defs[name]
			order = append(order, object)
			if object != nil {
				uses[object] = &use{}
			}
		}
		if len(field.Names) == 0 {
			order = append(order, nil)
		}
	}
	if len(uses) > 0 {
		s := &scan{info: info, uses: uses}
		ast.Walk(s, body)
	}
	text, plain := "", true
	for _, object := range order {
		letter := letterOf(uses[object])
		text, plain = text+letter, plain && letter == "a"
	}
	if plain {
		return ""
	}
	return text
}

func letterOf(u *use) string {
	switch {
	case u == nil || !u.strong && !u.weak && !u.address:
		return "c"
	case u.strong && !u.address:
		return "a"
	case u.strong:
		return "b"
	case !u.address:
		return "d"
	}
	return "e"
}

// scan walks a body and keeps the nodes above the present one.
type scan struct {
	info  *types.Info
	uses  map[types.Object]*use
	above []ast.Node
}

func (s *scan) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		s.above = s.above[:len(s.above)-1]
		return nil
	}
	if ident, ok := n.(*ast.Ident); ok {
		if u := s.uses[s.info.Uses[ident]]; u != nil {
			s.note(u, ident)
		}
	}
	s.above = append(s.above, n)
	return s
}

func (s *scan) note(u *use, ident *ast.Ident) {
	if s.addressTaken(ident) {
		u.address = true
	}
	if s.certain(ident) {
		u.strong = true
	} else {
		u.weak = true
	}
}

// certain is whether the use at ident is in code that is compiled and has an effect.
func (s *scan) certain(ident *ast.Ident) bool {
	var child ast.Node = ident
	for i := len(s.above) - 1; i >= 0; i-- {
		switch n := s.above[i].(type) {
		case *ast.IfStmt:
			if s.hasConstant(n.Cond) {
				return false
			}
		case *ast.ForStmt:
			if n.Cond != nil && s.hasConstant(n.Cond) {
				return false
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && s.info.Types[n.Tag].Value != nil {
				return false
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if s.hasConstant(e) && s.info.Types[e].Type == types.Typ[types.UntypedBool] {
					return false
				}
			}
		case *ast.BlockStmt:
			if behindReturn(n.List, child) {
				return false
			}
		case *ast.AssignStmt:
			if assigned(n, child) || allBlank(n) {
				return false
			}
		case *ast.CallExpr:
			if child != n.Fun && !s.isSmall(ident) {
				return false // the callee may be inlined and ignore it
			}
		case *ast.SelectorExpr:
			if i > 0 && !s.isSmall(ident) {
				if call, ok := s.above[i-1].(*ast.CallExpr); ok && call.Fun == n {
					return false
				}
			}
		}
		if e, ok := s.above[i].(ast.Expr); ok {
			if s.info.Types[e].Value != nil {
				return false
			}
			if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) && s.hasConstant(b) {
				return false
			}
		}
		child = s.above[i]
	}
	return true
}

// hasConstant is whether an operand of && and || in e is a constant, or e itself.
func (s *scan) hasConstant(e ast.Expr) bool {
	if s.info.Types[e].Value != nil {
		return true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.hasConstant(e.X)
	case *ast.UnaryExpr:
		return s.hasConstant(e.X)
	case *ast.BinaryExpr:
		return (e.Op == token.LAND || e.Op == token.LOR) && (s.hasConstant(e.X) || s.hasConstant(e.Y))
	}
	return false
}

// isSmall is whether the variable surely is kept out of memory: not a struct nor an array.
func (s *scan) isSmall(ident *ast.Ident) bool {
	object := s.info.Uses[ident]
	if u := s.uses[object]; u == nil || u.address {
		return false
	}
	switch object.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		return false
	}
	return typeParameter(object.Type()) == ""
}

func behindReturn(list []ast.Stmt, child ast.Node) bool {
	for _, stmt := range list {
		if ast.Node(stmt) == child {
			return false
		}
		switch stmt := stmt.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			return true
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "panic" {
					return true
				}
			}
		}
	}
	return false
}

func assigned(n *ast.AssignStmt, child ast.Node) bool {
	for _, e := range n.Lhs {
		if ast.Node(e) == child {
			if _, plain := e.(*ast.Ident); plain {
				return true
			}
		}
	}
	return false
}

func allBlank(n *ast.AssignStmt) bool {
	for _, e := range n.Lhs {
		if name, ok := e.(*ast.Ident); !ok || name.Name != "_" {
			return false
		}
	}
	return true
}

// addressTaken is whether this use takes the variable's own address, or may.
func (s *scan) addressTaken(ident *ast.Ident) bool {
	var child ast.Node = ident
	inside := true // child is still the variable, or a part of it
	for i := len(s.above) - 1; i >= 0; i-- {
		n := s.above[i]
		switch n := n.(type) {
		case *ast.FuncLit:
			return true
		case *ast.RangeStmt: // the body of a loop over a function is a literal too
			if s.isFunction(n.X) && child == n.Body {
				return true
			}
		}
		if inside {
			taken, part := s.step(n, child)
			if taken {
				return true
			}
			inside = part
		}
		child = n
	}
	return false
}

// step is whether n takes the address of child, and whether n is a part of it.
func (s *scan) step(n, child ast.Node) (taken, part bool) {
	switch n := n.(type) {
	case *ast.ParenExpr:
		return false, true
	case *ast.UnaryExpr:
		return n.Op == token.AND, false
	case *ast.SliceExpr:
		return n.X == child && s.isArray(n.X), false
	case *ast.IndexExpr:
		return false, n.X == child && s.isArray(n.X)
	case *ast.SelectorExpr:
		selection := s.info.Selections[n]
		if n.X != child || selection == nil || s.isPointer(n.X) {
			return false, false
		}
		if selection.Kind() == types.FieldVal {
			return false, true // embedded pointers on the way are not told apart: part, to be safe
		}
		signature, ok := selection.Obj().Type().(*types.Signature)
		if !ok || signature.Recv() == nil {
			return false, false
		}
		_, pointer := signature.Recv().Type().(*types.Pointer)
		return pointer, false
	}
	return false, false
}

func (s *scan) isFunction(e ast.Expr) bool {
	t := s.info.Types[e].Type
	if t == nil {
		return true
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok || typeParameter(t) != ""
}

func (s *scan) isArray(e ast.Expr) bool {
	t := s.info.Types[e].Type
	if t == nil {
		return true
	}
	if typeParameter(t) != "" {
		return true
	}
	_, ok := t.Underlying().(*types.Array)
	return ok
}

func (s *scan) isPointer(e ast.Expr) bool {
	t := s.info.Types[e].Type
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
