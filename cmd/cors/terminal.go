package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"crossorigin.dev/internal/render"
)

// The rules of the terminal, which every command keeps:
//
//   - Results go to standard output, everything else to standard error, each
//     line of it with the prefix "cors: ". So "cors … > file" and "cors … | jq"
//     get results only.
//   - The exit code alone tells how it went: the codes are in main.go.
//   - With --json, standard output is one document and nothing else, also if the
//     exit code is not 0: if there is nothing else to tell, {"error": …} with the
//     message that goes to standard error too.
//   - Colour is written only to a terminal, and not if NO_COLOR is set to
//     anything or TERM is "dumb". It never carries meaning alone: ✓ and ✗ do too.
//   - Lines keep to the terminal's width, between 40 and 100 columns; elsewhere
//     to 80, so that a file reads the same wherever it was written.
//   - What came from a server is escaped before it is printed.
//   - Nothing asks a question, and standard input is read only where the command
//     line says so.
//   - What takes more than a second says what it is waiting for, on a terminal.
//   - Ctrl-C ends the command at once, with exit code 130 and nothing half
//     written.

const (
	minColumns     = 40
	maxColumns     = 100
	defaultColumns = 80
)

// A screen is what a command knows of where its results go.
type screen struct {
	width int
	color bool
}

func screenOf(out io.Writer) screen {
	to, ok := out.(*output)
	if !ok {
		return screen{width: defaultColumns}
	}
	columns, ok := terminalColumns(to.file)
	if !ok {
		return screen{width: defaultColumns}
	}
	if columns == 0 { // a terminal that does not know
		columns = defaultColumns
	}
	return screen{
		width: min(max(columns, minColumns), maxColumns),
		color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// text is how a rendering for the screen is written.
func (s screen) text(secrets bool) render.TextOptions {
	return render.TextOptions{Width: s.width, Color: s.color, Secrets: render.Secrets(secrets)}
}

// patience is how long a command may be silent.
const patience = time.Second

// waitingFor says on a terminal, once patience has run out, what the command
// is waiting for. The function it returns ends that and takes the line back.
func waitingFor(stderr io.Writer, what string) (done func()) {
	file, ok := stderr.(*os.File)
	if !ok {
		return func() {}
	}
	if _, ok := terminalColumns(file); !ok {
		return func() {}
	}
	var mu sync.Mutex
	var said, over bool
	timer := time.AfterFunc(patience, func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			fmt.Fprintf(file, "cors: waiting for %s (Ctrl-C to stop)", render.Printable(what))
			said = true
		}
	})
	return func() {
		timer.Stop()
		mu.Lock()
		defer mu.Unlock()
		over = true
		if said {
			fmt.Fprint(file, "\r\x1b[K")
		}
	}
}
