package main

type Pump struct{ drops chan int }

func (p *Pump) run(speed int, label string)
func rest(d time.Duration)
func main()
