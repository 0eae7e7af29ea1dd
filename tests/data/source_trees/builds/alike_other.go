// +build !linux

package builds

type alike uint8
