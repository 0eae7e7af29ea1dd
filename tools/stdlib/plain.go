//go:build !go1.18
// +build !go1.18

package main

import (
	"go/build"
	"go/types"
)

func unalias(t types.Type) types.Type { return t }

func typeParameter(t types.Type) string { return "" }

func coreType(t types.Type) types.Type { return nil }

func typeArguments(t *types.Named) []types.Type { return nil }

func typeParameters(t types.Type) []string { return nil }

func setTags(context *build.Context) {}
