package cmpp

import (
	"net"
	"time"
)

// State is how far a connection has come.
type State uint8

// StateAuthOk is that of a connection whose login was accepted.
const StateAuthOk State = 2

// Conn is a connection that carries packets.
type Conn struct {
	net.Conn
	State State
	Typ   Type
	SeqId <-chan uint32
	done  chan<- struct{}
}

// NewConn makes one of a plain connection.
func NewConn(conn net.Conn, typ Type) *Conn {
	seq, done := make(chan uint32), make(chan struct{})
	go count(seq, done)
	return &Conn{Conn: conn, Typ: typ, SeqId: seq, done: done}
}

func count(seq chan<- uint32, done <-chan struct{}) {
	for i := uint32(0); ; i++ {
		select {
		case seq <- i:
		case <-done:
			return
		}
	}
}

// SetState notes how far the connection has come.
func (c *Conn) SetState(state State) { c.State = state }

// SendPkt writes one packet.
func (c *Conn) SendPkt(packet Packer, seqId uint32) error {
	data, err := packet.Pack(seqId)
	if err != nil {
		return err
	}
	_, err = c.Conn.Write(data)
	return err
}

// RecvAndUnpackPkt reads one packet of whatever kind comes next.
func (c *Conn) RecvAndUnpackPkt(timeout time.Duration) (interface{}, error) {
	if err := c.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	head := make([]byte, 12)
	if _, err := c.Conn.Read(head); err != nil {
		return nil, err
	}
	var packet Packer
	switch head[7] {
	case 1:
		packet = &CmppConnReqPkt{}
	default:
		packet = nil
	}
	return packet, nil
}
