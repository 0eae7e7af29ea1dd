package main

import (
	"sync"
	"time"
)

type Depot struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	group sync.WaitGroup
	orders,
	receipts chan int
}

//go:noinline
func (d *Depot) worker(id int, name string) {
	for order := range d.orders {
		d.receipts <- order + id + len(name)
	}
}

//go:noinline
func (d *Depot) sender(id int) { d.receipts <- id }

//go:noinline
func (d *Depot) locker(who string) {
	d.mu.Lock()
	d.mu.Lock()
	_ = who
}

//go:noinline
func (d *Depot) reader(limit uint8) {
	d.rw.Lock()
	d.rw.RLock()
	_ = limit
}

//go:noinline
func (d *Depot) chooser(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}

//go:noinline
func (d *Depot) stuck(kind string) {
	var never chan int
	if kind == "send" {
		never <- 1
	}
	<-never
}

func start(d *Depot) {
	for i := 1; i <= 3; i++ {
		go d.worker(i, "packer")
	}
	for i := 1; i <= 2; i++ {
		go d.sender(100 * i)
	}
	go d.locker("night shift")
	go d.reader(7)
	go d.chooser(make(chan int), make(chan int))
	go d.stuck("send")
	go d.stuck("receive")
	go func() { select {} }()
}

func main() {
	d := &Depot{orders: make(chan int), receipts: make(chan int)}
	d.group.Add(1)
	start(d)
	time.Sleep(20 * time.Millisecond)
	d.group.Wait()
}
