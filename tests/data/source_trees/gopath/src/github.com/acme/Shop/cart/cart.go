package cart

import (
	"example.com/lone"
	"github.com/BurntSushi/toml"
)

type Cart struct{ items []string }

func (c *Cart) Add(item string, meta toml.Meta, l lone.Lone) int {
	c.items = append(c.items, item)
	return len(c.items)
}
