// Package pusher sends short messages through gateways. Written for gotrace, in our own words: the
// function of the story that logs in.
package pusher

import (
	"time"

	cmpp "github.com/bigwhite/gocmpp"
)

type gatewayLogin struct {
	addr, user, password string
	timeout              time.Duration
}

func (l gatewayLogin) open() (*cmpp.Client, error) {
	return cmpp2Login(l.addr, l.user, l.password, l.timeout)
}

// cmpp2Login makes a client and logs it in. The trace stands in the call of Connect, which never
// returns.
func cmpp2Login(dstAddr, user, password string, connectTimeout time.Duration) (*cmpp.Client, error) {
	c := cmpp.NewClient(cmpp.V30)

	err := c.Connect(dstAddr, user, password, connectTimeout)
	if err != nil {
		return nil, err
	}
	return c, nil
}
