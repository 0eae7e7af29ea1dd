package main

type Code int
type Failure struct{ why string }
type Ticket struct{ n int }

func three()
func again()
func other()
func fault(t *Ticket, by int)
func cleanup(list []int, i int)
func handled()
func main()
