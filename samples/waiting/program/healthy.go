package main

import (
	"sync"
	"time"
)

// Counter is wanted by many; whoever has it lets go of it.
type Counter struct {
	name  string
	mu    sync.Mutex
	value int
}

//go:noinline
func (c *Counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value += n
	c.rest()
}

//go:noinline
func (c *Counter) rest() {
	time.Sleep(20 * time.Millisecond)
}

// contended: at any time one of ten works under the lock.
func contended() {
	counter := &Counter{name: "counter"}
	for i := 0; i < 10; i++ {
		go func() {
			for {
				counter.add(1)
			}
		}()
	}
	ready()
}

// move takes both locks in the order of their names: no two can hold up each other.
//
//go:noinline
func move(first, second *Counter) {
	first.mu.Lock()
	second.mu.Lock()
	second.rest()
	second.mu.Unlock()
	first.mu.Unlock()
}

func ordered() {
	a, b := &Counter{name: "a"}, &Counter{name: "b"}
	for i := 0; i < 3; i++ {
		go func() {
			for {
				move(a, b)
			}
		}()
		go func() {
			for {
				b.add(1)
			}
		}()
	}
	ready()
}

// twoMutexes: two goroutines in the same function wait for different locks.
func twoMutexes() {
	for i := 0; i < 2; i++ {
		counter := &Counter{name: "counter"}
		counter.mu.Lock()
		go func() {
			truth("waits", "mutex", &counter.mu)
			counter.add(1)
		}()
	}
	ready()
}

// Box begins with its lock: the lock's address is the box's, and that of its first field's.
type Box struct {
	mu    sync.Mutex
	inner int
}

//go:noinline
func (b *Box) use(n *int) {
	truth("waits", "mutex", &b.mu)
	b.mu.Lock()
	*n++
	b.mu.Unlock()
}

//go:noinline
func look(n *int) int {
	time.Sleep(time.Hour)
	return *n
}

// interior: a goroutine that has a pointer into the box, and nothing to do with its lock.
func interior() {
	var boxes [3]Box
	boxes[1].mu.Lock()
	go look(&boxes[0].inner)
	go look(&boxes[1].inner)
	go boxes[1].use(&boxes[2].inner)
	ready()
}
