package builds

type size int64

const words = 3
