package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal opens a pseudo-terminal and returns both its ends.
func openTerminal(t *testing.T) (keeper, terminal *os.File) {
	t.Helper()
	keeper, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keeper.Close() })
	var number, locked int32
	control := func(request uintptr, value *int32) {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keeper.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	control(syscall.TIOCSPTLCK, &locked)
	control(syscall.TIOCGPTN, &number)
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return keeper, terminal
}

// readUntil reads what is shown on a terminal until it has a text.
func readUntil(t *testing.T, keeper *os.File, text string) string {
	t.Helper()
	var shown []byte
	for !bytes.Contains(shown, []byte(text)) {
		buffer := make([]byte, 1024)
		n, err := keeper.Read(buffer)
		if err != nil {
			t.Fatalf("%v after %q", err, shown)
		}
		shown = append(shown, buffer[:n]...)
	}
	return string(shown)
}

const takenBack = "\r\x1b[K"

func TestWaitingFor(t *testing.T) {
	t.Parallel()
	keeper, terminal := openTerminal(t)
	// What ends before patience does says nothing.
	waitingFor(terminal, "http://localhost:9000/quick")()
	done := waitingFor(terminal, "http://localhost:9000/slow?token=s3cr3t\x1b[31m")
	shown := readUntil(t, keeper, "(Ctrl-C to stop)")
	if want := `cors: waiting for http://localhost:9000/slow?token=... (Ctrl-C to stop)`; shown != want {
		t.Errorf("shown %q, want %q", shown, want)
	}
	done()
	if shown := readUntil(t, keeper, takenBack); shown != takenBack {
		t.Errorf("in the end %q", shown)
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	keeper, terminal := openTerminal(t)
	source := &countingReader{Reader: strings.NewReader(strings.Repeat("x", 3<<20)), ctx: context.Background()}
	if _, err := source.Read(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	reading(terminal, "small.har", 1, source)() // which is over at once, and says nothing
	done := reading(terminal, "large.har", 100<<20, source)
	if shown := readUntil(t, keeper, "(Ctrl-C to stop)"); shown != takenBack+"cors: reading large.har: 3 of 100 MB (Ctrl-C to stop)" {
		t.Errorf("shown %q", shown)
	}
	done()
	readUntil(t, keeper, takenBack)
}

func TestPortion(t *testing.T) {
	for _, test := range []struct {
		n, size int64
		want    string
	}{{3 << 20, 100 << 20, "3 of 100 MB"}, {3 << 20, -1, "3 MB"}, {0, 0, "0 MB"}} {
		if got := portion(test.n, test.size); got != test.want {
			t.Errorf("%d of %d is %q, want %q", test.n, test.size, got, test.want)
		}
	}
}
