package main

import "os"

type Job struct {
	name string
	left int
}

var (
	hook  = func(n int, why string) { fail(n, why) }
	after int
	tries = 4
	label = "retry"
	ratio = 0.75
)

//go:noinline
func fail(n int, why string) {
	if n > 0 {
		panic("closure: " + why)
	}
}

//go:noinline
func (j *Job) run(step int) func(string) {
	return func(what string) {
		j.left -= step
		at("main.glob..func1", "n int", &step, "why string", &what)
		hook(step, what)
		after++
	}
}

//go:noinline
func apply(f func(string), what string) {
	at("main.(*Job).run.func1", "what string", &what)
	f(what)
	after++
}

//go:noinline
func loop(depth int, j *Job) {
	func(a int, s string) {
		if len(os.Args) > 9 {
			depth++
		}
		done := j.run(a)
		at("main.apply", "f func(string)", &done, "what string", &s)
		apply(done, s)
		after += depth
	}(tries, label)
}

func main() {
	j := &Job{"nightly", 9}
	wait := make(chan bool)
	go func(n int, s string) {
		defer close(wait)
		defer func(r float64) {
			if e := recover(); e != nil {
				panic(e)
			}
		}(ratio)
		at("main.loop", "depth int", &n, "j *Job", &j)
		loop(n, j)
		after += len(s)
	}(tries, label)
	<-wait
}
