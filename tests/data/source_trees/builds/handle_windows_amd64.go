package builds

type handle uint64
