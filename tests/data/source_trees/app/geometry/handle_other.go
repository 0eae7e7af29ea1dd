// +build !linux

package geometry

type handle struct{ low, high uintptr }
