package main

// A depot that fails in one way each time: every kind of culprit that no other sample shows.

import (
	"os"
	"sync"
)

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

//go:noinline
func page(items []string, from, to int) []string {
	return items[from:to]
}

//go:noinline
func magic(data []byte) [4]byte {
	return [4]byte(data)
}

//go:noinline
func share(total, boxes int) int {
	return total / boxes
}

//go:noinline
func mask(bits int) uint32 {
	return 1<<bits - 1
}

//go:noinline
func label(order *Order, note any) string {
	return note.(string)
}

//go:noinline
func (d *Depot) stop() {
	close(d.quit)
}

//go:noinline
func (d *Depot) submit(order *Order) {
	d.tasks <- order
}

//go:noinline
func (d *Depot) next() *Order {
	return <-d.tasks
}

//go:noinline
func buffer(size int) []byte {
	return make([]byte, size)
}

//go:noinline
func queue(free int) chan *Order {
	return make(chan *Order, free)
}

//go:noinline
func seen(known map[any]bool, key any) bool {
	return known[key]
}

//go:noinline
func same(a, b any) bool {
	return a == b
}

//go:noinline
func finish(wg *sync.WaitGroup, order *Order) {
	order.Items = nil
	wg.Done()
}

//go:noinline
func (d *Depot) put(name string) {
	d.stock[name]++
}

//go:noinline
func (d *Depot) later() {
	go d.hook()
}

func main() {
	order := &Order{7, []string{"bolt", "nut", "washer"}}
	depot := &Depot{}
	switch os.Args[1] {
	case "slice":
		from, to := 0, 5
		at("main.page", "items []string", &order.Items, "from int", &from, "to int", &to)
		page(order.Items, from, to)
	case "convert":
		data := []byte{0x7f, 'E'}
		at("main.magic", "data []byte", &data)
		magic(data)
	case "divide":
		total, boxes := 3, 0
		at("main.share", "total int", &total, "boxes int", &boxes)
		share(total, boxes)
	case "shift":
		bits := -2
		at("main.mask", "bits int", &bits)
		mask(bits)
	case "assertion":
		var note any = order.ID
		at("main.label", "order *Order", &order, "note any", &note)
		label(order, note)
	case "close-nil":
		at("main.(*Depot).stop", "receiver d *Depot", &depot)
		depot.stop()
	case "close-closed":
		depot.quit = make(chan struct{})
		close(depot.quit)
		at("main.(*Depot).stop", "receiver d *Depot", &depot)
		depot.stop()
	case "send-closed":
		depot.tasks = make(chan *Order, 1)
		close(depot.tasks)
		at("main.(*Depot).submit", "receiver d *Depot", &depot, "order *Order", &order)
		depot.submit(order)
	case "receive-nil":
		at("main.(*Depot).next", "receiver d *Depot", &depot)
		depot.next()
	case "make-slice":
		size := -8
		at("main.buffer", "size int", &size)
		buffer(size)
	case "make-chan":
		free := -1
		at("main.queue", "free int", &free)
		queue(free)
	case "unhashable":
		known, key := map[any]bool{7: true}, any(order.Items)
		at("main.seen", "known map[any]bool", &known, "key any", &key)
		seen(known, key)
	case "uncomparable":
		a, b := any(order.Items), any([]string{"bolt"})
		at("main.same", "a any", &a, "b any", &b)
		same(a, b)
	case "wait-group":
		wg := &sync.WaitGroup{}
		at("main.finish", "wg *sync.WaitGroup", &wg, "order *Order", &order)
		finish(wg, order)
	case "concurrent-map":
		depot.stock = map[string]int{}
		for i := 0; i < 2; i++ {
			go func() {
				for {
					depot.put("bolt")
				}
			}()
		}
		select {}
	case "nil-go":
		at("main.(*Depot).later", "receiver d *Depot", &depot)
		depot.later()
	}
}
