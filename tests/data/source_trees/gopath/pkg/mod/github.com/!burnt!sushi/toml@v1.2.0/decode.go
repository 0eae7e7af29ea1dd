package toml

type Meta struct {
	keys []string
	line uint32
}

func Decode(data string, v interface{}) (Meta, error) {
	panic(data)
}
