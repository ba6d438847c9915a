//go:build unix

package real

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A process is a browser's program with all that it starts: one process group,
// and a directory for all that it writes.
type process struct {
	dir   string
	leash *os.File      // the group is killed when this is closed, be it by our end
	ended chan struct{} // closed when the program has ended
	err   error         // how it ended, to be read after ended
}

// program finds the first of names in the PATH. The environment variable named
// env, if set, names another. The error ends with advice.
func program(env, advice string, names ...string) (string, error) {
	if named := os.Getenv(env); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s=%s: %w", env, named, err)
		}
		return filepath.Abs(path) // it is not run in this folder
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("found no %s in the PATH: %s", strings.Join(names, " and no "), advice)
}

// closing is how long a browser may take to end what it was doing.
const closing = 20 * time.Second

// workspace makes a directory for a browser and all that it writes.
func workspace() (string, error) {
	return os.MkdirTemp("", "crossorigin-real-")
}

// startProcess runs a program in dir, which is its home and its temporary
// directory, and is removed by stop. What it prints, on both outputs, goes to
// output, which is read to the end.
//
// A shell that watches a pipe kills the whole group when the pipe closes: so
// nothing outlives this program, however it ends.
func startProcess(dir string, env []string, output func(io.Reader), argv ...string) (*process, error) {
	hold, leash, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hold.Close()
	read, print, err := os.Pipe()
	if err != nil {
		leash.Close()
		return nil, err
	}
	defer print.Close()
	const script = `(read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" 3<&-`
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh"}, argv...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"HOME=" + dir, "TMPDIR=" + dir}, env...)...)
	cmd.Stdout, cmd.Stderr = print, print
	cmd.ExtraFiles = []*os.File{hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		leash.Close()
		read.Close()
		return nil, err
	}
	p := &process{dir: dir, leash: leash, ended: make(chan struct{})}
	go func() {
		output(read)
		read.Close()
	}()
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// stop kills the group and removes its directory.
func (p *process) stop() error {
	p.leash.Close()
	<-p.ended
	// The last of the group may still be writing as it is killed.
	var err error
	for range 100 {
		if err = os.RemoveAll(p.dir); err == nil {
			break
		}
	}
	return err
}

// died says how the program ended, if it has.
func (p *process) died() error {
	select {
	case <-p.ended:
		if p.err == nil {
			return errors.New("the browser ended")
		}
		return fmt.Errorf("the browser ended: %w", p.err)
	default:
		return nil
	}
}

// explain adds to an error that the browser ended, if it did. A connection may
// be seen to break before its process is seen to end, so a broken one is waited
// on.
func (p *process) explain(err error) error {
	if errors.Is(err, errDisconnected) {
		select {
		case <-p.ended:
		case <-time.After(closing):
		}
	}
	if err != nil {
		if died := p.died(); died != nil {
			return fmt.Errorf("%w (%w)", died, err)
		}
	}
	return err
}

// startListening runs a program and waits for the line in which it says where
// it listens: the rest of the line after prefix.
func startListening(ctx context.Context, dir string, env []string, prefix string, argv ...string) (*process, string, error) {
	found := make(chan string, 1)
	silent := make(chan string, 1)
	p, err := startProcess(dir, env, func(output io.Reader) {
		var said []string // the last lines, for an error
		lines := bufio.NewScanner(output)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), prefix); ok {
				found <- strings.TrimSpace(address)
				break
			}
			said = append(said, lines.Text())
			said = said[max(0, len(said)-5):]
		}
		silent <- strings.Join(said, "\n")
		io.Copy(io.Discard, output)
	}, argv...)
	if err != nil {
		return nil, "", err
	}
	select {
	case address := <-found:
		return p, address, nil
	case <-p.ended:
		p.leash.Close() // ends the output
		err = fmt.Errorf("%w, having said:\n%s", p.died(), <-silent)
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, "", errors.Join(err, p.stop())
}
