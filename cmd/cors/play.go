package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"crossorigin.dev/cmd/cors/internal/playground"
)

// newPlayCommand is `cors play`.
func newPlayCommand() *cobra.Command {
	var config playground.Config
	var noOpen bool
	command := &cobra.Command{
		Use:   "play",
		Short: "Learn CORS on a real site and a real API",
		Long: `Start a website and an API on two origins of this machine, and open its page.

Learn is a path of short lessons: predict what the browser will do, make the
request for real, see what happened beside what was predicted, and why.
Experiment is a request and a server to change at will.

Nothing but this machine can reach the two servers. Port 0 is any free port.
Ctrl-C stops both.`,
		Example: `  cors play
  cors play --site localhost:8080 --api localhost:9090
  cors play --no-open`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			config.Log = command.ErrOrStderr()
			p, err := playground.Listen(config)
			if err != nil {
				return usageError("%w", err)
			}
			fmt.Fprintf(command.OutOrStdout(), "site  %s  (open this one)\napi   %s\nCtrl-C stops both.\n", p.SiteURL(), p.APIURL())
			if !noOpen {
				openBrowser(p.SiteURL())
			}
			if err := p.Serve(command.Context()); err != nil {
				return &failure{exitNetwork, err}
			}
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&config.Site, "site", "localhost:8000", "host:port of the site")
	flags.StringVar(&config.API, "api", "localhost:9000", "host:port of the API")
	flags.BoolVar(&noOpen, "no-open", false, "do not open a browser")
	return command
}

// openBrowser opens the reader's browser, if this machine has one and a screen,
// and reports whether it has. If it has not, the address has been printed and
// that is enough.
func openBrowser(url string) bool {
	var opener *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		opener = exec.Command("open", url)
	case "windows":
		opener = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return false
		}
		opener = exec.Command("xdg-open", url)
	}
	if opener.Start() != nil {
		return false
	}
	go opener.Wait()
	return true
}
