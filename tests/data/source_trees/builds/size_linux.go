package builds

type size int32

const words = 2
