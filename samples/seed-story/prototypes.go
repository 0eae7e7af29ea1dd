package main

type Answer struct {
	Version uint8
	Status  uint8
}

type Refusal struct{ Reason string }

type Packet interface{ Size() int }

type Client struct {
	addr  string
	reply Packet
}

func (c *Client) receive(seq uint32) (Packet, error)
func (c *Client) check(p Packet, seq uint32) (err error)
func (a *Answer) ok(seq uint32) uint8
func (c *Client) Connect(addr, user, password string, timeout time.Duration) error
func login(addr, user, password string, timeout time.Duration) (*Client, error)
func main()
