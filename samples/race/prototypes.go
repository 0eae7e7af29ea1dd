package main

type Counter struct{ hits int }

func (c *Counter) add(n int)
func visit(c *Counter, n int, group *sync.WaitGroup)
func main()
