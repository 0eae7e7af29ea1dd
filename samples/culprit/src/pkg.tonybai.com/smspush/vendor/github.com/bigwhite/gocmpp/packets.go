package cmpp

// Type is the version of the protocol.
type Type int8

// The versions that a client can speak.
const (
	V20 Type = 0x20
	V21 Type = 0x21
	V30 Type = 0x30
)

// Packer is a packet of any kind.
type Packer interface {
	Pack(seqId uint32) ([]byte, error)
	Unpack(data []byte) error
}

// CmppConnReqPkt asks for a login.
type CmppConnReqPkt struct {
	SrcAddr string
	Secret  string
	Version Type
}

// Pack writes the packet.
func (p *CmppConnReqPkt) Pack(seqId uint32) ([]byte, error) { return nil, nil }

// Unpack reads the packet.
func (p *CmppConnReqPkt) Unpack(data []byte) error { return nil }

// Cmpp2ConnRspPkt answers a login in versions 2.0 and 2.1.
type Cmpp2ConnRspPkt struct {
	Status   uint8
	AuthIsmg string
	Version  Type
	SeqId    uint32
}

// Cmpp3ConnRspPkt answers a login in version 3.0.
type Cmpp3ConnRspPkt struct {
	Status   uint32
	AuthIsmg string
	Version  Type
	SeqId    uint32
}
