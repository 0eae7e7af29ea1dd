//go:build !go1.27

package list

func Last(then func()) {
	then()
}
