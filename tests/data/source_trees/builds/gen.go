//go:build ignore

package main

type size string

func main() {}
