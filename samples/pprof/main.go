package main

import (
	"context"
	"os"
	"runtime/pprof"
	"strconv"
	"time"
)

type Pump struct{ drops chan int }

//go:noinline
func (p *Pump) run(speed int, label string) {
	for range p.drops {
		speed++
	}
	_ = label
}

//go:noinline
func rest(d time.Duration) { time.Sleep(d) }

func main() {
	p := &Pump{make(chan int)}
	for i := 0; i < 3; i++ {
		go p.run(i, "well")
	}
	go pprof.Do(context.Background(), pprof.Labels("job", "rest"), func(context.Context) { rest(time.Hour) })
	time.Sleep(20 * time.Millisecond)
	level, _ := strconv.Atoi(os.Args[1])
	pprof.Lookup("goroutine").WriteTo(os.Stdout, level)
}
