//go:build unix

package real

// kill ends a browser's processes as a crash would.
func kill(b Browser) {
	switch b := b.(type) {
	case *chromium:
		b.process.leash.Close()
	case *firefox:
		b.process.leash.Close()
	case *webkit:
		b.now.Load().process.leash.Close()
	}
}
