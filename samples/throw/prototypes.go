package main

type Node struct{ left, right *Node }

func (n *Node) depth(level int) int
func shallow(left int, word string) int
func unlock(mu *sync.Mutex, n int8)
func main()
