// Programs that wait: `main CASE` waits as its name says, and dies with all goroutines shown. The
// truth of each stands in tests/test_waiting.py.
package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

type account struct {
	name string
	mu   sync.Mutex
	sum  int
}

type table struct {
	rw   sync.RWMutex
	rows map[int]int
}

var started sync.WaitGroup

// transfer locks one account, then the other.
//
//go:noinline
func transfer(from, to *account, n int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	started.Done()
	started.Wait()
	to.deposit(n)
	from.sum -= n
}

//go:noinline
func (a *account) deposit(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum += n
}

//go:noinline
func (a *account) twice(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deposit(n)
	a.sum += n
}

//go:noinline
func (a *account) report(out chan int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out <- a.sum
	a.sum = 0
}

//go:noinline
func (t *table) write(k int) {
	t.rw.Lock()
	defer t.rw.Unlock()
	t.rows[k]++
}

//go:noinline
func (t *table) read(k int, next chan int) int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	return t.rows[k] + <-next
}

//go:noinline
func serve(in chan int) int { return <-in }

//go:noinline
func start(n int) {
	in := make(chan int)
	for i := 0; i < n; i++ {
		go serve(in)
	}
}

func sleepers() {
	for i := 0; i < 3; i++ {
		go func() { time.Sleep(time.Hour) }()
	}
}

func main() {
	signal.Ignore(syscall.SIGHUP)
	a, b, c := &account{name: "a"}, &account{name: "b"}, &account{name: "c"}
	t := &table{rows: map[int]int{}}
	switch os.Args[1] {
	case "cycle2":
		started.Add(2)
		go transfer(a, b, 1)
		transfer(b, a, 2)
	case "cycle3":
		started.Add(3)
		go transfer(a, b, 1)
		go transfer(b, c, 1)
		transfer(c, a, 2)
	case "recursive":
		a.twice(1)
	case "held":
		out := make(chan int)
		go a.report(out)
		time.Sleep(50 * time.Millisecond)
		go a.deposit(1)
		a.deposit(2)
	case "starved":
		next := make(chan int)
		go t.read(1, next)
		time.Sleep(50 * time.Millisecond)
		go t.write(1)
		time.Sleep(50 * time.Millisecond)
		t.read(2, next)
	case "group":
		var wg sync.WaitGroup
		wg.Add(1)
		wg.Wait()
	case "leak":
		start(60)
		time.Sleep(50 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	case "nil-channel":
		var none chan int
		sleepers()
		go serve(none)
		time.Sleep(50 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	case "send":
		out := make(chan int)
		go serve(make(chan int))
		out <- 1
	case "cond":
		var mu sync.Mutex
		wait := sync.NewCond(&mu)
		mu.Lock()
		wait.Wait()
	case "no-cases":
		sleepers()
		go func() { select {} }()
		time.Sleep(50 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	case "busy": // a lock that is held a moment at a time
		for i := 0; i < 4; i++ {
			go func() {
				for {
					a.deposit(1)
				}
			}()
		}
		time.Sleep(50 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	case "healthy": // workers that wait for work
		in := make(chan int)
		for i := 0; i < 3; i++ {
			go serve(in)
		}
		time.Sleep(50 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	}
}
