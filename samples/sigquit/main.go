package main

import (
	"net"
	"os"
	"time"
)

type Relay struct {
	name string
	in   chan []byte
}

//go:noinline
func (r *Relay) forward(limit int) {
	for b := range r.in {
		_ = b[:limit]
	}
}

//go:noinline
func listen(l net.Listener, tries uint16) {
	for tries > 0 {
		if _, err := l.Accept(); err != nil {
			tries--
		}
	}
}

//go:noinline
func idle(d time.Duration) { time.Sleep(d) }

//go:noinline
func pipe(f *os.File, size int) {
	b := make([]byte, size)
	f.Read(b)
}

func main() {
	r := &Relay{"east", make(chan []byte)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	read, _, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go r.forward(16)
	go listen(l, 3)
	go pipe(read, 64)
	os.Stdout.WriteString("ready\n")
	idle(time.Hour)
}
