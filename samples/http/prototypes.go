package main

type Shop struct {
	prices map[string]int
	clerk  *Clerk
}

type Clerk struct{ name string }

func (s *Shop) price(w http.ResponseWriter, r *http.Request)
func (s *Shop) lookup(item string, amount int) int
func (s *Shop) close(w http.ResponseWriter, r *http.Request)
func main()
