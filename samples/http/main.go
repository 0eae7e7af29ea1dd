package main

import (
	"errors"
	"net"
	"net/http"
	"os"
	"time"
)

type Shop struct {
	prices map[string]int
	clerk  *Clerk
}

type Clerk struct{ name string }

//go:noinline
func (s *Shop) price(w http.ResponseWriter, r *http.Request) {
	s.lookup(r.URL.Path[1:], 2)
	w.WriteHeader(204)
}

//go:noinline
func (s *Shop) lookup(item string, amount int) int {
	s.prices[item] = amount
	return amount
}

//go:noinline
func (s *Shop) close(w http.ResponseWriter, r *http.Request) {
	panic(errors.New("closed:\nopen again on " + r.URL.Path))
}

func main() {
	shop := &Shop{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/price", shop.price)
	mux.HandleFunc("/close", shop.close)
	go http.Serve(l, mux)
	for _, path := range os.Args[1:] {
		if reply, err := http.Get("http://" + l.Addr().String() + path); err == nil {
			reply.Body.Close()
		}
	}
	time.Sleep(50 * time.Millisecond)
}
