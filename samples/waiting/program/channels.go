package main

// ask never reads the second answer: whoever is later stays for ever.
//
//go:noinline
func ask(answers chan int, i int) {
	answers <- i
}

// leak: 200 goroutines want to send, one of them is heard.
func leak() {
	answers := make(chan int)
	for i := 0; i < 201; i++ {
		go ask(answers, i)
	}
	<-answers
	ready()
}

// Feed has a channel that nobody made.
type Feed struct {
	name  string
	items chan string
}

//go:noinline
func (f *Feed) next() string { return <-f.items }

//go:noinline
func (f *Feed) push(item string) { f.items <- item }

func nilChannel() {
	feed := &Feed{name: "feed"}
	go feed.push("a")
	feed.next()
}

//go:noinline
func produce(out chan int) {
	truth("waits", "channel", out)
	out <- 1
}

// sendNobody: two send, nobody receives.
func sendNobody() {
	numbers := make(chan int)
	go produce(numbers)
	produce(numbers)
}

//go:noinline
func idle() { select {} }

func selectEmpty() {
	go idle()
	idle()
}

// pool: 200 workers without work are no leak.
func pool() {
	jobs := make(chan int)
	for i := 0; i < 200; i++ {
		go worker(jobs)
	}
	ready()
	jobs <- 1
}

//go:noinline
func worker(jobs chan int) {
	for job := range jobs {
		_ = job
	}
}
