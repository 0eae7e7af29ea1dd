package geometry

type handle int
