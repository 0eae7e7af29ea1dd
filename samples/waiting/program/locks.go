package main

import (
	"os"
	"sync"
	"time"
)

// Account has its lock behind other fields: the address of the lock is not that of the account.
type Account struct {
	name    string
	mu      sync.Mutex
	balance int
}

//go:noinline
func (a *Account) transfer(to *Account, amount int) {
	a.mu.Lock()
	truth("holds", "mutex", &a.mu)
	settled()
	to.deposit(amount)
	a.balance -= amount
	a.mu.Unlock()
}

//go:noinline
func (a *Account) deposit(amount int) {
	truth("waits", "mutex", &a.mu)
	a.mu.Lock()
	a.balance += amount
	a.mu.Unlock()
}

func ring(count int) {
	accounts := make([]*Account, count)
	for i := range accounts {
		accounts[i] = &Account{name: "account", balance: 100}
	}
	var all sync.WaitGroup
	for i := range accounts {
		from, to := accounts[i], accounts[(i+1)%count]
		all.Add(1)
		go func() {
			from.transfer(to, 10)
			all.Done()
		}()
	}
	truth("waits", "waitgroup", &all)
	all.Wait()
}

func mutexPair() { ring(2) }
func mutexRing() { ring(3) }

// recursive: an account pays itself.
func recursive() {
	account := &Account{name: "only"}
	account.transfer(account, 1)
}

// Store has a lock for readers and writers.
type Store struct {
	name  string
	lock  sync.RWMutex
	items map[string]int
}

//go:noinline
func (s *Store) get(key string) int {
	s.lock.RLock()
	truth("holds", "rwmutex", &s.lock)
	value, found := s.items[key]
	if !found {
		s.put(key, 1)
	}
	s.lock.RUnlock()
	return value
}

//go:noinline
func (s *Store) put(key string, value int) {
	truth("waits", "rwmutex", &s.lock)
	s.lock.Lock()
	s.items[key] = value
	s.lock.Unlock()
}

// upgrade: who reads wants to write without letting go.
func upgrade() {
	store := &Store{items: map[string]int{}}
	store.get("missing")
}

//go:noinline
func (s *Store) slowRead(release chan bool) {
	s.lock.RLock()
	truth("holds", "rwmutex", &s.lock)
	<-release
	s.lock.RUnlock()
}

//go:noinline
func (s *Store) size() int {
	truth("waits", "rwmutex", &s.lock)
	s.lock.RLock()
	defer s.lock.RUnlock()
	return len(s.items)
}

// writerPending: a reader that does not end holds up a writer, and the writer all later readers.
func writerPending() {
	store := &Store{items: map[string]int{}}
	release := make(chan bool)
	go store.slowRead(release)
	settled()
	go store.put("a", 1)
	settled()
	for i := 0; i < 3; i++ {
		go store.size()
	}
	settled()
	ready()
	close(release)
}

// twoWriters: the second writer waits for the first, and that for a reader.
func twoWriters() {
	store := &Store{items: map[string]int{}}
	go func() {
		store.lock.RLock()
		truth("holds", "rwmutex", &store.lock)
		select {}
	}()
	settled()
	go store.put("a", 1)
	settled()
	go store.put("b", 2)
	settled()
	select {}
}

//go:noinline
func (s *Store) report() int {
	s.lock.RLock()
	truth("holds", "rwmutex", &s.lock)
	settled()
	defer s.lock.RUnlock()
	return s.size()
}

// readerAgain: a reader reads once more while a writer waits for it.
func readerAgain() {
	store := &Store{items: map[string]int{}}
	go store.report()
	time.Sleep(50 * time.Millisecond)
	store.put("a", 1)
}

// Config is made on first use.
type Config struct {
	name string
	once sync.Once
	path string
}

//go:noinline
func (c *Config) load() string {
	c.once.Do(c.read)
	return c.path
}

//go:noinline
func (c *Config) read() {
	truth("holds", "once", &c.once)
	c.path = c.fallback()
}

//go:noinline
func (c *Config) fallback() string {
	truth("waits", "once", &c.once)
	return c.load() + "/default"
}

func onceRecursive() {
	config := &Config{name: "config"}
	config.load()
}

// onceShared: one goroutine makes the value and never comes back; the others wait for it.
func onceShared() {
	once := new(sync.Once)
	go func() {
		once.Do(func() {
			truth("holds", "once", once)
			select {}
		})
	}()
	settled()
	for i := 0; i < 2; i++ {
		go func() {
			truth("waits", "once", once)
			once.Do(func() {})
		}()
	}
	settled()
	select {}
}

// Batch counts its jobs.
type Batch struct {
	name string
	jobs sync.WaitGroup
}

//go:noinline
func (b *Batch) wait() {
	truth("waits", "waitgroup", &b.jobs)
	b.jobs.Wait()
}

// waitGroup: one Done is missing, and two wait for it.
func waitGroup() {
	batch := &Batch{name: "batch"}
	batch.jobs.Add(2)
	go func() { batch.jobs.Done() }()
	go batch.wait()
	batch.wait()
}

// Queue signals new items.
type Queue struct {
	mu    sync.Mutex
	added *sync.Cond
	items []int
}

//go:noinline
func (q *Queue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		truth("waits", "cond", q.added)
		q.added.Wait()
	}
	return q.items[0]
}

// cond: nobody signals.
func cond() {
	queue := &Queue{}
	queue.added = sync.NewCond(&queue.mu)
	for i := 0; i < 3; i++ {
		go queue.take()
	}
	settled()
	queue.take()
}

// fileLock: two write to one pipe that nobody reads; the file has a lock of its own.
func fileLock() {
	_, out, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	write := func() { out.Write(make([]byte, 1<<20)) }
	go write()
	settled()
	go write()
	go write()
	time.Sleep(0)
	ready()
}
