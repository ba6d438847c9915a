//go:build unix

package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// stage runs its arguments with a screen of their own (Xvfb), in a mount
// namespace of their own: /etc/hosts, the certificate authorities and /tmp are
// those in the current directory, and the machine's stay untouched. The locks and
// sockets of Xvfb are in /tmp, and so go with it.
const stage = `set -e
mount --bind hosts /etc/hosts
if [ -f ca.pem ]; then mount --bind ca.pem /etc/ssl/certs/ca-certificates.crt; fi
mount --bind "$PWD" /tmp
cd /tmp
export HOME=/tmp TMPDIR=/tmp
exec xvfb-run -a -s "-screen 0 1280x1024x24 -nolisten local" "$@"`

// startOnStage is start for a browser that is told neither names nor authorities
// in another way. It needs Linux, and root or user namespaces.
func startOnStage(ctx context.Context, o Options, env []string, prefix string, argv ...string) (*process, string, error) {
	for _, needed := range []string{"unshare", "xvfb-run"} {
		if _, err := exec.LookPath(needed); err != nil {
			return nil, "", err
		}
	}
	dir, err := workspace()
	if err != nil {
		return nil, "", err
	}
	hosts := "127.0.0.1 localhost\n::1 localhost\n"
	for _, host := range o.Hosts {
		hosts += "127.0.0.1 " + host + "\n"
	}
	err = os.WriteFile(filepath.Join(dir, "hosts"), []byte(hosts), 0o600)
	if err == nil && o.CA != nil {
		err = os.WriteFile(filepath.Join(dir, "ca.pem"), o.CA, 0o600)
	}
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	unshare := []string{"unshare", "--mount"}
	if os.Getuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	}
	env = append(env, "GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1",
		"GTK_A11Y=none", "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=unix:path=/dev/null")
	p, rest, err := start(ctx, dir, env, prefix, append(append(unshare, "/bin/sh", "-c", stage, "sh"), argv...)...)
	if err != nil && strings.Contains(err.Error(), "unshare failed") {
		err = fmt.Errorf("%w (a mount namespace needs root, or a kernel that lets users have namespaces)", err)
	}
	return p, rest, err
}
