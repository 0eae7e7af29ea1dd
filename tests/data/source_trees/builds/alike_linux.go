package builds

type alike uint8
