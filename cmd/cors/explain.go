package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
)

func newExplainCommand() *cobra.Command {
	var e explain
	cmd := &cobra.Command{
		Use:   "explain FILE.har | TEXT | CODE | -",
		Short: "Say why requests were blocked, from what a browser recorded or wrote to its console",
		Long: `Explain takes what a browser left behind, and says what went wrong and what to
change:

  FILE.har  what the network panel of Chromium, Edge or Firefox saves. Each
            request to another origin is made again, with the recorded answers.
            What Safari saves leaves failed requests out.
  TEXT      a message of the console of Chromium, Firefox or Safari.
  CODE      a code such as no-cors-headers or preflight.method.
  -         either of the first two, from standard input.

Nothing is sent anywhere.

Exit codes: 0 nothing was blocked, 1 something was, 2 the command line is wrong
or the file cannot be read.`,
		Example: `  # Which requests of this recording were blocked, and why?
  cors explain localhost.har

  # What does this message mean?
  cors explain "Access to fetch at 'http://localhost:9000/votes' from origin
    'http://localhost:8000' has been blocked by CORS policy: No
    'Access-Control-Allow-Origin' header is present on the requested resource."

  # The same from the clipboard, with configuration for nginx.
  xclip -o | cors explain - --stack nginx

  # What is behind a code?
  cors explain preflight-login`,
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return usageError("explain needs a file, a text or a code; write cors explain localhost.har, say")
			case 1:
				return nil
			}
			return usageError("explain takes one argument, but got %q too; quote what has spaces in it", args[1])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.run(cmd.Context(), args[0], cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&e.stack, "stack", "", "`name` of the server's software, for the fix:\n"+wrapped(stackNames(), 48))
	flags.BoolVar(&e.all, "all", false, "tell of the requests that were allowed too")
	flags.Var(word{&e.credentials, "mode"}, "credentials", "what the scripts asked with, if a HAR file does not\ntell: same-origin, include or omit")
	flags.BoolVar(&e.json, "json", false, "print one JSON document")
	flags.BoolVar(&e.secrets, "show-secrets", false, "do not leave out keys and tokens of URLs")
	completeWith(cmd, "credentials", "same-origin", "include", "omit")
	completeWith(cmd, "stack", strings.Fields(strings.ReplaceAll(stackNames(), ",", " "))...)
	return cmd
}

// An explain is the command line of cors explain.
type explain struct {
	stack       string
	all         bool
	credentials string
	json        bool
	secrets     bool
}

func (e *explain) run(ctx context.Context, what string, stdin io.Reader, stdout, stderr io.Writer) error {
	if e.stack != "" {
		s, ok := diagnose.ParseStack(e.stack)
		if !ok {
			return usageError("--stack %q is not known; write one of %s", e.stack, stackNames())
		}
		e.stack = string(s)
	}
	switch browser.CredentialsMode(e.credentials) {
	case "", browser.CredentialsSameOrigin, browser.CredentialsInclude, browser.CredentialsOmit:
	default:
		return usageError("--credentials %q is not a credentials mode; write same-origin, include or omit", e.credentials)
	}
	if what == "-" {
		return e.explainInput(ctx, "standard input", -1, stdin, stdout, stderr)
	}
	if file, err := os.Open(what); err == nil {
		defer file.Close()
		info, err := file.Stat()
		if err != nil || info.IsDir() {
			return usageError("%s is not a file that can be read", what)
		}
		return e.explainInput(ctx, what, info.Size(), file, stdout, stderr)
	} else if strings.HasSuffix(strings.ToLower(what), ".har") {
		return usageError("%v", err)
	}
	if topics := topicsOf(what); topics != nil {
		return e.explainTopics(topics, stdout)
	}
	err := e.explainText(what, stdout)
	if errors.Is(err, diagnose.ErrConsole) && !strings.Contains(what, " ") {
		return usageError("%q is no file, no code of docs/errors.md such as preflight-login, and no message of a console", what)
	}
	return err
}

// explainInput tells a HAR from a console's text by its first character.
func (e *explain) explainInput(ctx context.Context, name string, size int64, in io.Reader, stdout, stderr io.Writer) error {
	reader := bufio.NewReader(in)
	start, _ := reader.Peek(512)
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(start, []byte("{")) || strings.HasSuffix(strings.ToLower(name), ".har") {
		return e.explainHAR(ctx, name, size, reader, stdout, stderr)
	}
	text, err := io.ReadAll(io.LimitReader(reader, diagnose.MaxConsole))
	if err != nil {
		return usageError("%s: %v", name, err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return usageError("%s is empty", name)
	}
	err = e.explainText(string(text), stdout)
	if errors.Is(err, diagnose.ErrConsole) || errors.Is(err, diagnose.ErrTypeError) {
		return usageError("%s: %w", name, err)
	}
	return err
}

func (e *explain) explainText(text string, stdout io.Writer) error {
	m, err := diagnose.ParseConsole(text)
	if err != nil {
		return usageError("%w", err)
	}
	d := m.Diagnose(diagnose.Options{Stack: diagnose.Stack(e.stack)})
	if e.json {
		err = render.Document(stdout, messageDocument{
			diagnose.Version, m.Browser.String(), m.Reason, m.URL, m.Origin, m.Line, m.CheckCommand(), d,
		}, render.Secrets(e.secrets))
	} else {
		err = e.showMessage(stdout, m, &d)
	}
	if err != nil {
		return usageError("cannot write the result: %v", err)
	}
	if m.Reason.Kind() == browser.KindNetwork {
		return nil
	}
	return &failure{code: exitBlocked}
}

type messageDocument struct {
	Version   int                `json:"version"`
	Browser   string             `json:"browser"`
	Reason    browser.Reason     `json:"reason"`
	URL       string             `json:"url,omitempty"`
	Origin    string             `json:"origin,omitempty"`
	Message   string             `json:"message"`
	Confirm   string             `json:"confirm"` // the command line that would
	Diagnosis diagnose.Diagnosis `json:"diagnosis"`
}

func (e *explain) showMessage(stdout io.Writer, m diagnose.Message, d *diagnose.Diagnosis) error {
	options := screenOf(stdout).text(e.secrets)
	title := map[browser.Profile]string{browser.Chromium: "Chromium", browser.Firefox: "Firefox", browser.WebKit: "Safari"}[m.Browser]
	facts := []string{"code: " + string(m.Reason)}
	if m.URL != "" {
		facts = append(facts, "URL: "+m.URL)
	}
	if m.Origin != "" {
		facts = append(facts, "page: "+m.Origin)
	} else {
		facts = append(facts, "page: the message does not say; below it is "+diagnose.UnknownOrigin)
	}
	var out bytes.Buffer
	if err := render.Rows(&out, "A message of "+title, []render.Row{{Name: "", Text: straightQuotes.Replace(m.Line), Below: facts}}, options); err != nil {
		return err
	}
	shown := *d
	shown.Problems = slices.Clone(d.Problems)
	for i := range shown.Problems {
		shown.Problems[i].Evidence = nil // which is the message itself
	}
	if err := render.DiagnosisText(&out, &shown, options); err != nil {
		return err
	}
	if err := render.Command(&out, "To confirm", m.CheckParts(), options); err != nil {
		return err
	}
	_, err := stdout.Write(out.Bytes())
	return err
}

// topicsOf returns what a code or an engine's reason stands for, nil if it is
// none.
func topicsOf(code string) []diagnose.Topic {
	var found []diagnose.Topic
	for _, t := range diagnose.Topics() {
		if t.Code == code || slices.Contains(t.Reasons, browser.Reason(code)) {
			found = append(found, t)
		}
	}
	return found
}

type topicsDocument struct {
	Version int              `json:"version"`
	Topics  []diagnose.Topic `json:"topics"`
}

func (e *explain) explainTopics(topics []diagnose.Topic, stdout io.Writer) error {
	options := screenOf(stdout).text(e.secrets)
	var out bytes.Buffer
	for i, t := range topics {
		if i > 0 {
			out.WriteByte('\n')
		}
		if err := render.TopicText(&out, t, options); err != nil {
			return err
		}
	}
	if e.json {
		out.Reset()
		if err := render.Document(&out, topicsDocument{diagnose.Version, topics}, render.SecretsHidden); err != nil {
			return err
		}
	}
	if _, err := stdout.Write(out.Bytes()); err != nil {
		return usageError("cannot write the result: %v", err)
	}
	return nil
}
