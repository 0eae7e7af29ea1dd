package main

import (
	"context"
	"runtime/pprof"
	"time"
)

//go:noinline
func serve(ctx context.Context, queue chan int) {
	go func() { <-queue }()
	<-queue
}

//go:noinline
func crash(code int) {
	if code > 0 {
		panic("labelled")
	}
}

func main() {
	labels := pprof.Labels("user", "ann", "request id", "7f]\"{}", "path", "/v1/a.b_c", "größe", "œ\n\t\\", "none", "")
	go pprof.Do(context.Background(), labels, func(ctx context.Context) { serve(ctx, make(chan int)) })
	time.Sleep(20 * time.Millisecond)
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("phase", "shut-down")))
	crash(3)
}
