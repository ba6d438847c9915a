package main

import (
	"github.com/spf13/cobra"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of cors.yaml, for editors",
		Long: `Schema prints the JSON Schema of the file that "cors gateway" and "cors lint"
read. An editor that knows it completes keys and marks mistakes.`,
		Example: `  cors schema > cors.schema.json

  # The first line of cors.yaml, for editors with the YAML language server:
  # yaml-language-server: $schema=cors.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := cmd.OutOrStdout().Write(policyfile.Schema()); err != nil {
				return usageError("cannot write the schema: %v", err)
			}
			return nil
		},
	}
}
