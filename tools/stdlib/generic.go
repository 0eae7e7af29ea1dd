//go:build go1.18
// +build go1.18

package main

import (
	"go/build"
	"go/types"
)

// unalias follows aliases, which are types of their own since go1.22. Rhs is since go1.23.
func unalias(t types.Type) types.Type {
	for {
		alias, ok := t.(interface{ Rhs() types.Type })
		if !ok {
			return t
		}
		t = alias.Rhs()
	}
}

func typeParameter(t types.Type) string {
	if p, ok := t.(*types.TypeParam); ok {
		return p.Obj().Name()
	}
	return ""
}

// coreType is the one type that a constraint such as ~[]E allows, where it tells the layout.
func coreType(t types.Type) types.Type {
	constraint, ok := t.(*types.TypeParam).Constraint().Underlying().(*types.Interface)
	if !ok || constraint.NumEmbeddeds() != 1 {
		return nil
	}
	core := unalias(constraint.EmbeddedType(0))
	if union, ok := core.(*types.Union); ok && union.Len() == 1 {
		core = union.Term(0).Type()
	}
	switch core.(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Chan:
		return core
	}
	return nil
}

func typeArguments(t *types.Named) []types.Type {
	var found []types.Type
	for i := 0; i < t.TypeArgs().Len(); i++ {
		found = append(found, t.TypeArgs().At(i))
	}
	return found
}

func typeParameters(t types.Type) []string {
	var list *types.TypeParamList
	switch t := t.(type) {
	case *types.Named:
		list = t.TypeParams()
	case *types.Signature:
		list = t.TypeParams()
	}
	var found []string
	for i := 0; i < list.Len(); i++ {
		found = append(found, list.At(i).Obj().Name())
	}
	return found
}

func setTags(context *build.Context) {
	context.ToolTags = tags(context.GOARCH, context.ToolTags)
}
