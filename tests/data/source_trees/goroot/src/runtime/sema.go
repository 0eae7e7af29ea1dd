package runtime

type waiter int32

//go:linkname poll_wait internal/poll.runtime_pollWait
func poll_wait(w waiter, mode int) int {
	println(mode)
	return 0
}
