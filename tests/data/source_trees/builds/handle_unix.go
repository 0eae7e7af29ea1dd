// +build linux darwin
// +build amd64 arm64

package builds

type handle uint16
