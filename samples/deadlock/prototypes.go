package main

type Depot struct {
	mu       sync.Mutex
	rw       sync.RWMutex
	group    sync.WaitGroup
	orders   chan int
	receipts chan int
}

func (d *Depot) worker(id int, name string)
func (d *Depot) sender(id int)
func (d *Depot) locker(who string)
func (d *Depot) reader(limit uint8)
func (d *Depot) chooser(a, b chan int)
func (d *Depot) stuck(kind string)
func start(d *Depot)
func main()
