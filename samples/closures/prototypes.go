package main

type Job struct {
	name string
	left int
}

func fail(n int, why string)
func (j *Job) run(step int) func(string)
func apply(f func(string), what string)
func loop(depth int, j *Job)
func main()
