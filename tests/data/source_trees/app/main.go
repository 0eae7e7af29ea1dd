package main

import (
	"fmt"
	"os"

	"example.com/app/geometry"
	"example.com/dep"
)

type server struct {
	name string
	dep.Pair
	limit [4]uint8
}

var handler = func(code int, body []byte) {
	last := &geometry.Stamped{}
	last.Move(geometry.Point{X: 1}, geometry.Point{Y: 2}, os.Args[0], "b")
}

func main() {
	s := server{name: "srv"}
	s.serve(7, dep.Pair{Left: 3}, func() {
		geometry.Point{X: 1, Y: 2}.Scale(-1, 36.6, func() {
			var path geometry.Path
			geometry.Outline(path, [4]int16{1, 2}, geometry.Inside(), geometry.Flags(), nil, func() {
				geometry.Anonymous(inner(&s))
			})
		})
	})
}

func inner(s *server) func() {
	return func() {
		dep.Run(func(name string) error { return fmt.Errorf(name) }, &s.Pair, func() {
			defer func(id uint16, note string) {
				handler(int(id), []byte(note))
			}(uint16(len(s.name)), s.name)
		})
	}
}

//go:noinline
func (s *server) serve(port int, p dep.Pair, then func()) {
	p.Visit(port, func() { later(s.limit, then) })
}

//go:noinline
func later(limit [4]uint8, then func()) {
	done := make(chan bool)
	go func(limit [4]uint8, n int64) {
		then()
		done <- true
	}(limit, 99)
	<-done
}
