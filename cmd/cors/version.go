package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this command",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return usageError("this program was built without its version; build it with go build or go install")
			}
			fmt.Fprintln(cmd.OutOrStdout(), versionLine(info))
			return nil
		},
	}
}

// versionLine is the module's version, the commit it was built from if that is
// known, and the Go version: "cors v1.2.0 (0123456789ab) go1.26.0".
func versionLine(info *debug.BuildInfo) string {
	line := "cors " + info.Main.Version
	var commit, modified string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	if commit != "" {
		line += " (" + commit + modified + ")"
	}
	return line + " " + info.GoVersion
}
