package http

import (
	"runtime"
	"time"
)

type conn struct {
	started time.Time
	stack   runtime.Frame
}

func (c *conn) serve(timeout time.Duration) {
	println(timeout)
}
