package lone

type Lone [2]byte
