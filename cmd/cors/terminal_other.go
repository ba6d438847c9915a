//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package main

import "os"

// terminalColumns takes nothing for a terminal where asking is not portable:
// the output is then what a file would get.
func terminalColumns(*os.File) (columns int, ok bool) { return 0, false }
