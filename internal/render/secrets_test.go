package render

import (
	"bytes"
	"strings"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

func TestHideSecrets(t *testing.T) {
	for s, want := range map[string]string{
		"http://localhost:9000/a?access_token=abc&x=1":                         "http://localhost:9000/a?access_token=...&x=1",
		"http://localhost:9000/a?x=1&api_key=abc is not known":                 "http://localhost:9000/a?x=1&api_key=... is not known",
		"the answer to GET http://localhost/?token=a.b.c: no Vary":             "the answer to GET http://localhost/?token=...: no Vary",
		`fetch("http://localhost/?X-Amz-Signature=0a%2F", ...)`:                `fetch("http://localhost/?X-Amz-Signature=...", ...)`,
		"Location: https://app.example/cb#id_token=eyJ&state=7":                "Location: https://app.example/cb#id_token=...&state=7",
		"https://storage.example/f?AWSAccessKeyId=A&Expires=1":                 "https://storage.example/f?AWSAccessKeyId=...&Expires=1",
		"https://maps.example/?KEY=AIza&v=3":                                   "https://maps.example/?KEY=...&v=3",
		"http://user:pass@localhost:9000/":                                     "http://user:...@localhost:9000/",
		"http://localhost:9000/?monkey=1&tokens=2&keyboard=3&Credentials=true": "http://localhost:9000/?monkey=1&tokens=2&keyboard=3&Credentials=true",
		"http://localhost:9000/?token=&x=1":                                    "http://localhost:9000/?token=&x=1",
		"http://localhost:9000/@a:b":                                           "http://localhost:9000/@a:b",
	} {
		got := hideSecrets(s)
		if got != want {
			t.Errorf("%s\nshows as %s\nwant     %s", s, got, want)
		}
		if again := hideSecrets(got); again != got {
			t.Errorf("%s, hidden again, is %s", got, again)
		}
	}
}

// secretive is a trace with a secret wherever one can be.
func secretive() *browser.Trace {
	t := preflightRefused()
	secret := "http://u:s3cr3t@localhost:9000/note?access_token=s3cr3t"
	t.URL, t.Page = secret, secret
	t.Header = append(t.Header, browser.Field{Name: "Authorization", Value: "Bearer s3cr3t"})
	t.Verdict.Message = "It is " + secret + "."
	for i := range t.Steps {
		s := &t.Steps[i]
		s.Note += " At " + secret + "."
		s.Inputs = append(s.Inputs, browser.Field{Name: "url", Value: secret}, browser.Field{Name: "cookie", Value: "a=s3cr3t"})
		if x := s.Exchange; x != nil {
			x.URL = secret
			x.Header = append(x.Header, browser.Field{Name: "Referer", Value: secret}, browser.Field{Name: "Cookie", Value: "a=s3cr3t"})
			x.Answer.Header = append(x.Answer.Header, browser.Field{Name: "Location", Value: secret}, browser.Field{Name: "Set-Cookie", Value: "a=s3cr3t; Path=/"})
		}
	}
	return t
}

// TestSecrets holds that no form shows a secret unless it is asked to.
func TestSecrets(t *testing.T) {
	trace := secretive()
	d := diagnose.Of(trace, diagnose.Options{})
	for name, write := range map[string]func(*bytes.Buffer, Secrets) error{
		"text": func(b *bytes.Buffer, s Secrets) error {
			return Text(b, trace, TextOptions{Diagnosis: &d, Secrets: s})
		},
		"JSON": func(b *bytes.Buffer, s Secrets) error { return JSON(b, trace, &d, s) },
		"curl": func(b *bytes.Buffer, s Secrets) error { return Curl(b, trace, s) },
	} {
		var hidden, shown bytes.Buffer
		if err := write(&hidden, SecretsHidden); err != nil {
			t.Fatal(err)
		}
		if err := write(&shown, SecretsShown); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(hidden.String(), "s3cr3t") {
			t.Errorf("%s shows a secret:\n%s", name, &hidden)
		}
		for _, part := range []string{"Bearer s3cr3t", "access_token=s3cr3t", "u:s3cr3t@", "a=s3cr3t"} {
			if name == "curl" && part == "Bearer s3cr3t" {
				continue // which no preflight has
			}
			if !strings.Contains(shown.String(), part) {
				t.Errorf("%s does not show %s though it is asked to", name, part)
			}
		}
	}
	var drawing bytes.Buffer
	if err := Mermaid(&drawing, trace); err != nil {
		t.Fatal(err)
	}
	drawing.Write(svg(t, trace, SVGOptions{}))
	if strings.Contains(drawing.String(), "s3cr3t") {
		t.Errorf("a diagram shows a secret:\n%s", &drawing)
	}
}

func TestCurlSaysWhatIsHidden(t *testing.T) {
	var b bytes.Buffer
	if err := Curl(&b, secretive(), SecretsHidden); err != nil {
		t.Fatal(err)
	}
	if want := "# What is secret is left out: put yours where \"...\" is, or use --show-secrets.\n"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("got\n%s\nwant first\n%s", &b, want)
	}
}
