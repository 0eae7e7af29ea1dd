package main

type Relay struct {
	name string
	in   chan []byte
}

func (r *Relay) forward(limit int)
func listen(l net.Listener, tries uint16)
func idle(d time.Duration)
func pipe(f *os.File, size int)
func main()
