package main

type Order struct {
	ID    int
	Items []string
}

type Depot struct {
	stock map[string]int
	tasks chan *Order
	quit  chan struct{}
	hook  func()
}

func page(items []string, from, to int) []string
func magic(data []byte) [4]byte
func share(total, boxes int) int
func mask(bits int) uint32
func label(order *Order, note any) string
func (d *Depot) stop()
func (d *Depot) submit(order *Order)
func (d *Depot) next() *Order
func buffer(size int) []byte
func queue(free int) chan *Order
func seen(known map[any]bool, key any) bool
func same(a, b any) bool
func finish(wg *sync.WaitGroup, order *Order)
func (d *Depot) put(name string)
func (d *Depot) later()
func main()
