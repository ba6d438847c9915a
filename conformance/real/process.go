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
	found chan string   // the line that was waited for
	quiet chan struct{} // closed when nothing more is printed
	said  []string      // the last lines, to be read after quiet
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

// inWorkspace starts a program in a folder of its own, which is removed if it
// does not start.
func inWorkspace[B Browser](begin func(dir string) (B, error)) (Browser, error) {
	dir, err := workspace()
	if err != nil {
		return nil, err
	}
	b, err := begin(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return b, nil
}

// workspace makes a directory for a browser and all that it writes.
func workspace() (string, error) {
	return os.MkdirTemp("", "crossorigin-real-")
}

// start runs a program in dir, which is its home and its temporary directory,
// and is removed by stop, or if start fails. Unless prefix is empty, it waits for
// a line of output that has it, and returns the rest of the line.
//
// A shell that watches a pipe kills the whole group when the pipe closes: so
// nothing outlives this program, however it ends.
func start(ctx context.Context, dir string, env []string, prefix string, argv ...string) (*process, string, error) {
	p := &process{dir: dir, ended: make(chan struct{}), found: make(chan string, 1), quiet: make(chan struct{})}
	if err := p.run(env, prefix, argv); err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	if prefix == "" {
		return p, "", nil
	}
	var err error
	select {
	case rest := <-p.found:
		return p, rest, nil
	case <-p.ended:
		err = p.died() // by then all that it said has been heard
		select {
		case rest := <-p.found:
			return p, rest, nil
		default:
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, "", errors.Join(err, p.stop())
}

func (p *process) run(env []string, prefix string, argv []string) error {
	hold, leash, err := os.Pipe()
	if err != nil {
		return err
	}
	defer hold.Close()
	output, print, err := os.Pipe()
	if err != nil {
		leash.Close()
		return err
	}
	defer print.Close()
	const script = `(read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" 3<&-`
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh"}, argv...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), append([]string{"HOME=" + p.dir, "TMPDIR=" + p.dir}, env...)...)
	cmd.Stdout, cmd.Stderr = print, print
	cmd.ExtraFiles = []*os.File{hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		leash.Close()
		output.Close()
		return err
	}
	p.leash = leash
	go p.listen(output, prefix)
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return nil
}

// listen reads what the group prints, to the end.
func (p *process) listen(output *os.File, prefix string) {
	defer close(p.quiet)
	defer output.Close()
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), prefix); ok && prefix != "" {
			p.found <- strings.TrimSpace(rest)
			prefix = ""
		}
		p.said = append(p.said, lines.Text())
		p.said = p.said[max(0, len(p.said)-5):]
	}
	io.Copy(io.Discard, output) // after a line without end
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

// until asks, again and again, until something is so.
func (p *process) until(ctx context.Context, so func() (bool, error)) error {
	for {
		if done, err := so(); done || err != nil {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-p.ended:
			return p.died()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// died says how the program ended, if it has.
func (p *process) died() error {
	select {
	case <-p.ended:
		p.leash.Close() // what it started may have its outputs
		<-p.quiet
		how := "the browser ended"
		if p.err != nil {
			how += ": " + p.err.Error()
		}
		if len(p.said) > 0 {
			how += "; it last said: " + strings.Join(p.said, "\n")
		}
		return errors.New(how)
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
