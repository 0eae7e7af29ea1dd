package main

import (
	"os"
	"runtime/debug"
	"sync"
)

type Node struct{ left, right *Node }

//go:noinline
func (n *Node) depth(level int) int {
	var pad [64]int
	pad[level%64] = level
	return n.left.depth(level+1) + pad[level%7]
}

//go:noinline
func shallow(left int, word string) int {
	if left == 0 {
		panic("at the bottom: " + word)
	}
	return shallow(left-1, word) + 1
}

//go:noinline
func unlock(mu *sync.Mutex, n int8) {
	mu.Unlock()
	_ = n
}

func main() {
	switch os.Args[1] {
	case "overflow":
		debug.SetMaxStack(1 << 16)
		n := &Node{}
		n.left = n
		n.depth(0)
	case "deep":
		shallow(119, "ground")
	case "mutex":
		unlock(new(sync.Mutex), -1)
	}
}
