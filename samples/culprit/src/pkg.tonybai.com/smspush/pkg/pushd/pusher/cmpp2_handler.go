// Package pusher logs in at gateways. Written for gotrace, in our own words, for the story.
package pusher

import (
	"log"
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

// tchanSession is one login with its gateway.
type tchanSession struct {
	login gatewayLogin
	quit  chan struct{}
}

// stay waits for the end of the session, and says every ten minutes that it is still there.
func (s *tchanSession) stay(c *cmpp.Client) error {
	ticks := time.NewTicker(10 * time.Minute)
	defer ticks.Stop()

	for {
		select {
		case <-s.quit:
			return nil
		case now := <-ticks.C:
			log.Printf("%s: %s: still logged in as %s", now.Format(time.Kitchen), s.login.addr, s.login.user)
		}
	}
}

// newCMPP2Loop logs in and stays until the session ends. A gateway that does not answer at once is
// given a quarter of a minute, unless the login says otherwise.
func newCMPP2Loop(s *tchanSession) error {
	login := s.login
	if login.addr == "" {
		return cmpp.ErrLogin
	}

	if login.timeout == 0 {
		login.timeout = 15 * time.Second
	}

	c, err := cmpp2Login(login.addr, login.user, login.password, login.timeout)
	if err != nil {
		return err
	}
	return s.stay(c)
}
