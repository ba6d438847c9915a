//go:build unix

package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// trust makes the NSS database in dir, which need not exist, trust a
// certificate authority. Chromium and Firefox take what they find there for
// valid in earnest, so caches, HTTP/2 and secure contexts are as with a public
// certificate.
func trust(ctx context.Context, dir string, ca []byte) error {
	certutil, err := exec.LookPath("certutil")
	if err != nil {
		return errors.New("to trust a test certificate authority needs certutil: on Debian: apt-get install libnss3-tools; elsewhere: install the NSS tools")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"-N", "--empty-password"},
		{"-A", "-n", "test", "-t", "C,,", "-i", file},
	} {
		cmd := exec.CommandContext(ctx, certutil, append(args, "-d", "sql:"+dir)...)
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("certutil %s: %w: %s", args[0], err, said)
		}
	}
	return nil
}
