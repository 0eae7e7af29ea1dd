"""gotrace decodes Go panic traces and goroutine dumps."""
