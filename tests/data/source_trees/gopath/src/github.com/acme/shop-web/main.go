package main

import "github.com/lib/pq"

func main() {
	serve(pq.Array{}, nil)
}

func serve(a pq.Array, o *pq.Options) {
	pq.Connect(a)
}
