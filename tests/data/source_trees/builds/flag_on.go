//go:build special && (linux || windows)

package builds

type flag [16]byte
