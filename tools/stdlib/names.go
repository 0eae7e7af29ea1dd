package main

import (
	"runtime"
	"strconv"
	"strings"
)

var (
	release = minor(runtime.Version())
	// deadSkipped: literals in branches that a constant rules out get no number.
	deadSkipped = release >= 21
	// globalOuter is what stands in front of the literals of package-level variables.
	globalOuter = map[bool]string{true: "init", false: "glob."}[release >= 22]
)

func minor(version string) int {
	parts := strings.SplitN(strings.TrimPrefix(version, "go1."), ".", 2)
	n, err := strconv.Atoi(parts[0])
	if err != nil {
		panic("not a release: " + version)
	}
	return n
}

// literalName numbers literals per outer function; those right in a declared function are funcN,
// deeper ones N.
func literalName(outer string, inner, around *function, counters *[3]int) string {
	if inner.ranged {
		counters[1]++
		return outer + "-range" + strconv.Itoa(counters[1])
	}
	counters[0]++
	if around.literal != nil {
		return outer + "." + strconv.Itoa(counters[0])
	}
	return outer + ".func" + strconv.Itoa(counters[0])
}
