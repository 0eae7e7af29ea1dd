package main

import "time"

// What happened to the engineer of the seed: an assertion that nobody checked gives a nil answer,
// and the first field read from it is the crash.

type Answer struct {
	Version uint8
	Status  uint8
}

type Refusal struct{ Reason string }

type Packet interface{ Size() int }

func (a *Answer) Size() int  { return 2 }
func (r *Refusal) Size() int { return len(r.Reason) }

type Client struct {
	addr  string
	reply Packet
}

var (
	client         = &Client{"198.51.100.7:7890", &Refusal{"who are you"}}
	address        = "198.51.100.7:7890"
	user           = "901234"
	secret         = "hush-hush"
	patient        = 15 * time.Second
	seq     uint32 = 12
	last    uint8
)

//go:noinline
func (c *Client) receive(seq uint32) (Packet, error) { return c.reply, nil }

//go:noinline
func (c *Client) check(p Packet, seq uint32) (err error) {
	answer, ok := p.(*Answer)
	at("main.(*Answer).ok", "receiver a *Answer", &answer, "seq uint32", &seq)
	last = answer.ok(seq)
	if !ok {
		return nil
	}
	return err
}

//go:noinline
func (a *Answer) ok(seq uint32) uint8 { return a.Status + uint8(seq) }

//go:noinline
func (c *Client) Connect(addr, user, password string, timeout time.Duration) error {
	p, err := c.receive(seq)
	if err != nil {
		return err
	}
	at("main.(*Client).check", "receiver c *Client", &c, "p Packet", &p, "seq uint32", &seq)
	err = c.check(p, seq)
	last += uint8(len(addr) + len(user) + len(password) + int(timeout))
	return err
}

//go:noinline
func login(addr, user, password string, timeout time.Duration) (*Client, error) {
	at("main.(*Client).Connect", "receiver c *Client", &client, "addr string", &address, "user string", &user,
		"password string", &password, "timeout time.Duration", &timeout)
	err := client.Connect(addr, user, password, timeout)
	return client, err
}

func main() {
	at("main.login", "addr string", &address, "user string", &user, "password string", &secret, "timeout time.Duration", &patient)
	login(address, user, secret, patient)
}
