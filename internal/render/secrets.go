package render

import (
	"regexp"
	"strings"

	"crossorigin.dev/browser"
)

// Secrets says whether a rendering shows what identifies a user: the values of
// cookies, of Authorization, and of header fields and parts of a URL that are
// named like a key, a token or a password. The zero value hides them.
type Secrets bool

const (
	SecretsHidden Secrets = false
	SecretsShown  Secrets = true
)

// value returns the value of a header field as it may be shown.
func (s Secrets) value(f browser.Field) string {
	if s == SecretsShown {
		return f.Value
	}
	return hideSecrets(discreet(f))
}

// text returns text as it may be shown.
func (s Secrets) text(t string) string {
	if s == SecretsShown {
		return t
	}
	return hideSecrets(t)
}

// printable returns text as it may be shown, in printable ASCII.
func (s Secrets) printable(t string) string { return escape(s.text(t)) }

// discreet returns the value of a header field as it may be shown: a cookie
// keeps its name and attributes, Authorization its scheme, a key or token
// nothing.
func discreet(f browser.Field) string {
	name := strings.ToLower(f.Name)
	switch {
	case name == "cookie":
		pairs := strings.Split(f.Value, ";")
		for i, pair := range pairs {
			pairs[i] = hideValue(pair)
		}
		return strings.Join(pairs, ";")
	case name == "set-cookie":
		pair, attributes, found := strings.Cut(f.Value, ";")
		if !found {
			return hideValue(pair)
		}
		return hideValue(pair) + ";" + attributes
	case name == "authorization", name == "proxy-authorization":
		if scheme, _, found := strings.Cut(f.Value, " "); found {
			return scheme + " ..."
		}
		return "..."
	case strings.HasSuffix(name, "-key"), strings.HasSuffix(name, "-token"), strings.HasSuffix(name, "-secret"):
		return "..."
	}
	return f.Value
}

// hideValue replaces the value of a cookie pair. A pair without a name is all
// value.
func hideValue(pair string) string {
	if name, _, found := strings.Cut(pair, "="); found {
		return name + "=..."
	}
	return "..."
}

// What is secret in a URL, wherever in a text the URL is. The value ends before
// what ends a sentence or a JavaScript string.
var (
	secretParameter = regexp.MustCompile(`(?i)([?&;#](?:` +
		`(?:[\w.-]*[_.-])?(?:token|secret|password|passwd|pwd|signature|credential|key|sig|auth|jwt|sid)` +
		`|accesstoken|idtoken|authtoken|apikey|awsaccesskeyid|sessionid|phpsessid|jsessionid|session|pass|code` +
		`)=)[^&;#\s"'<>)` + "`" + `]*[^&;#\s"'<>)` + "`" + `.,:]`)
	secretUserinfo = regexp.MustCompile(`(://[^/?#\s"'@:]*:)[^/?#\s"'@]+@`)
)

// hideSecrets replaces the secrets of the URLs in a text.
func hideSecrets(s string) string {
	if strings.Contains(s, "=") {
		s = secretParameter.ReplaceAllString(s, "${1}...")
	}
	if strings.Contains(s, "@") {
		s = secretUserinfo.ReplaceAllString(s, "${1}...@")
	}
	return s
}
