package main

func serve(ctx context.Context, queue chan int)
func crash(code int)
func main()
