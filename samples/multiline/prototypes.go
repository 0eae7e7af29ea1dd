package main

type Report string

func parse(text string, line int)
func main()
