package main

import (
	"fmt"
	"sync"
)

type Counter struct{ hits int }

var total int

//go:noinline
func (c *Counter) add(n int) { c.hits += n }

//go:noinline
func visit(c *Counter, n int, group *sync.WaitGroup) {
	defer group.Done()
	c.add(n)
}

func main() {
	c := &Counter{}
	var group sync.WaitGroup
	group.Add(2)
	go visit(c, 1, &group)
	go visit(c, 2, &group)
	group.Wait()
	done := make(chan bool)
	go func() { total = 1; done <- true }()
	total = 2
	<-done
	fmt.Println("hits", c.hits > 0)
}
