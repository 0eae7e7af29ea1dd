// Package cmpp talks to a short message gateway. Written for gotrace: only what surrounds the line
// that crashes in the story is here, in our own words.
package cmpp

import (
	"errors"
	"net"
	"time"
)

// Client is one connection to a gateway, as its user sees it.
type Client struct {
	conn *Conn
	typ  Type
}

// ErrRespNotMatch is returned when the gateway answers with another packet than was asked for.
var ErrRespNotMatch = errors.New("cmpp: response does not match the request")

// ErrLogin is returned when the gateway refuses the login.
var ErrLogin = errors.New("cmpp: login refused")

// ErrConnected is returned when a client is used for a second connection.
var ErrConnected = errors.New("cmpp: already connected")

// NewClient makes a client that speaks version typ of the protocol.
func NewClient(typ Type) *Client {
	return &Client{typ: typ}
}

// Connect dials the gateway and logs in.
//
// The mistake of the story is in it: the result of the type assertion is used before the flag that
// says whether there is one is looked at. An answer of another type makes rsp nil.
func (cli *Client) Connect(servAddr, user, password string, timeout time.Duration) error {
	if cli.conn != nil {
		return ErrConnected
	}

	raw, err := net.DialTimeout("tcp", servAddr, timeout)
	if err != nil {
		return err
	}
	cli.conn = NewConn(raw, cli.typ)
	defer func() {
		if err != nil {
			cli.conn.Close()
		}
	}()

	req := &CmppConnReqPkt{
		SrcAddr: user,
		Secret:  password,
		Version: cli.typ,
	}
	if err = cli.conn.SendPkt(req, <-cli.conn.SeqId); err != nil {
		return err
	}

	p, err := cli.conn.RecvAndUnpackPkt(timeout)
	if err != nil {
		return err
	}

	var ok bool
	var status uint8
	if cli.typ == V20 || cli.typ == V21 {
		var rsp *Cmpp2ConnRspPkt
		rsp, ok = p.(*Cmpp2ConnRspPkt)
		if !ok {
			err = ErrRespNotMatch
			return err
		}
		status = rsp.Status
	} else {
		var rsp *Cmpp3ConnRspPkt
		// Version 3 widened the status to four bytes.
		rsp, ok = p.(*Cmpp3ConnRspPkt)
		status = uint8(rsp.Status)
	}
	if !ok {
		err = ErrRespNotMatch
		return err
	}
	if status != 0 {
		err = ErrLogin
		return err
	}
	cli.conn.SetState(StateAuthOk)
	return nil
}
