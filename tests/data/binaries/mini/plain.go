//go:build !go1.18
// +build !go1.18

package main

func start(f func(mover, int) int) int { return f(&point{1, 2}, 3) }
