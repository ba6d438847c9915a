package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"crossorigin.dev/browser"
)

// A copied request is what developer tools put on the clipboard.
type copied struct {
	url         string
	method      string
	header      []browser.Field
	body        string
	hasBody     bool
	referrer    string
	mode        string
	credentials string
	cookies     string
	insecure    bool
}

// mostCopied bounds the text that --from-curl reads, in bytes.
const mostCopied = 1 << 20

// takeCopied fills in from --from-curl what the command line does not say
// itself.
func (c *check) takeCopied() error {
	if c.fromCurl == "" {
		return nil
	}
	r, err := parseCopied(c.fromCurl)
	if err != nil {
		return usageError("--from-curl: %v", err)
	}
	if c.url == "" {
		c.url = r.url
	}
	if c.method == "" {
		c.method = r.method
	}
	if !c.dataGiven() && r.hasBody {
		c.data = r.body
		if c.method == "" {
			c.method = http.MethodPost
		}
	}
	var origin string
	for _, f := range r.header {
		switch name := strings.ToLower(f.Name); {
		case name == "origin":
			origin = f.Value
		case name == "referer":
			r.referrer = f.Value
		case name == "cookie":
			r.cookies = f.Value
		case !browserMade(name):
			c.headers = append(c.headers, f.Name+": "+f.Value)
		}
	}
	c.insecure = c.insecure || r.insecure
	c.takeCookies(r)
	if r.mode != "" && !c.given("mode") {
		c.mode = r.mode
	}
	c.takePage(origin, r.referrer)
	return nil
}

// takeCookies takes the cookies that were sent: if any were, it was with
// credentials.
func (c *check) takeCookies(r copied) {
	for pair := range strings.SplitSeq(r.cookies, ";") {
		if pair = strings.TrimSpace(pair); pair != "" {
			// That it was sent shows that SameSite did not stop it.
			c.cookies = append(c.cookies, pair+sameSiteNone(c.url))
		}
	}
	switch {
	case c.given("credentials"):
	case r.credentials != "":
		c.credentials = r.credentials
	case r.cookies != "":
		c.credentials = string(browser.CredentialsInclude)
	}
}

func sameSiteNone(rawURL string) string {
	if strings.HasPrefix(rawURL, "https:") {
		return "; SameSite=None; Secure"
	}
	return ""
}

// takePage takes the page from what was sent of it.
func (c *check) takePage(origin, referrer string) {
	switch {
	case c.origin != "" || c.pageURL != "":
	case origin != "":
		c.origin = origin
	case referrer != "":
		if u, err := url.Parse(referrer); err == nil && u.Host != "" {
			c.origin = u.Scheme + "://" + u.Host
		}
	}
}

// browserMade reports whether a header, in lower case, is the browser's own,
// not the script's.
func browserMade(name string) bool {
	switch name {
	case "accept-encoding", "accept-language", "accept-charset", "connection", "content-length", "host", "user-agent",
		"priority", "dnt", "te", "upgrade-insecure-requests", "pragma", "cache-control", "x-client-data":
		return true
	case "access-control-request-method", "access-control-request-headers":
		return true
	}
	return strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, ":")
}

// parseCopied reads a curl command or a call of fetch().
func parseCopied(text string) (copied, error) {
	if len(text) > mostCopied {
		return copied{}, fmt.Errorf("the text is longer than %d bytes", mostCopied)
	}
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "curl ") && strings.Contains(text, "^\""):
		return copied{}, fmt.Errorf(`this is "Copy as cURL (cmd)"; choose "Copy as cURL (bash)"`)
	case strings.HasPrefix(text, "curl"):
		return parseCurl(text)
	case strings.Contains(text, "fetch("):
		return parseFetch(text)
	}
	return copied{}, fmt.Errorf("this is neither a curl command nor a call of fetch(); choose \"Copy as cURL\" (bash) or \"Copy as fetch\" in the network panel")
}

// parseFetch reads fetch("URL", {…}) as Chromium and Firefox write it: with an
// options object that is JSON.
func parseFetch(text string) (copied, error) {
	_, rest, _ := strings.Cut(text, "fetch(")
	d := json.NewDecoder(strings.NewReader(rest))
	r := copied{}
	if err := d.Decode(&r.url); err != nil {
		return r, fmt.Errorf("after fetch( there must be a URL in double quotes")
	}
	var options struct {
		Method      string            `json:"method"`
		Headers     map[string]string `json:"headers"`
		Body        *string           `json:"body"`
		Mode        string            `json:"mode"`
		Credentials string            `json:"credentials"`
		Referrer    string            `json:"referrer"`
	}
	after := strings.TrimSpace(rest[d.InputOffset():])
	if after, ok := strings.CutPrefix(after, ","); ok {
		if err := json.NewDecoder(strings.NewReader(after)).Decode(&options); err != nil {
			return r, fmt.Errorf("the options of fetch() are not as developer tools write them, as JSON: %v", err)
		}
	}
	r.method, r.mode, r.credentials, r.referrer = options.Method, options.Mode, options.Credentials, options.Referrer
	for name, value := range options.Headers {
		r.header = append(r.header, browser.Field{Name: name, Value: value})
	}
	if options.Body != nil {
		r.body, r.hasBody = *options.Body, true
	}
	return r, nil
}

// parseCurl reads the options of curl that developer tools write.
func parseCurl(text string) (copied, error) {
	words, err := shellWords(text)
	if err != nil {
		return copied{}, err
	}
	r := copied{}
	head, get := false, false
	for i := 1; i < len(words); i++ {
		word := words[i]
		option, value, inline := curlOption(word)
		if curlTakesValue(option) && !inline {
			if i++; i == len(words) {
				return r, fmt.Errorf("nothing follows %s", word)
			}
			value = words[i]
		}
		switch option {
		case "-X", "--request":
			r.method = value
		case "-H", "--header":
			name, v, _ := strings.Cut(value, ":")
			r.header = append(r.header, browser.Field{Name: name, Value: strings.TrimSpace(v)})
		case "-d", "--data", "--data-raw", "--data-binary", "--data-ascii":
			if r.hasBody {
				r.body += "&"
			}
			r.body, r.hasBody = r.body+value, true
		case "--json":
			r.body, r.hasBody = r.body+value, true
			r.header = append(r.header, browser.Field{Name: "Content-Type", Value: "application/json"})
		case "-b", "--cookie":
			r.cookies = value
		case "-u", "--user":
			r.header = append(r.header, browser.Field{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(value))})
		case "-e", "--referer":
			r.referrer = value
		case "--url":
			r.url = value
		case "-k", "--insecure":
			r.insecure = true
		case "-I", "--head":
			head = true
		case "-G", "--get":
			get = true
		case "":
			r.url = word
		}
	}
	if r.url == "" {
		return r, fmt.Errorf("the curl command has no URL")
	}
	if head && r.method == "" {
		r.method = http.MethodHead
	}
	if get && r.hasBody {
		r.url, r.body, r.hasBody = r.url+"?"+r.body, "", false
	}
	if r.hasBody && !hasField(r.header, "Content-Type") {
		r.header = append(r.header, browser.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
	}
	return r, nil
}

func hasField(fields []browser.Field, name string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// curlOption parts an option from a value that is written onto it.
func curlOption(word string) (option, value string, inline bool) {
	switch {
	case strings.HasPrefix(word, "--"):
		option, value, inline = strings.Cut(word, "=")
		return option, value, inline
	case strings.HasPrefix(word, "-") && len(word) > 2 && curlTakesValue(word[:2]):
		return word[:2], word[2:], true
	case strings.HasPrefix(word, "-") && len(word) > 1:
		return word, "", false
	}
	return "", "", false
}

func curlTakesValue(option string) bool {
	switch option {
	case "-X", "--request", "-H", "--header", "-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json",
		"-b", "--cookie", "-u", "--user", "-e", "--referer", "--url", "-A", "--user-agent", "-o", "--output", "-x", "--proxy",
		"-m", "--max-time", "--connect-timeout", "--resolve", "--cacert", "-w", "--write-out":
		return true
	}
	return false
}

// shellWords parts a command as a POSIX shell and bash's $'…' do, without any
// expansion.
func shellWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	in := false
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
			i++
		case c == '\\' && i+1 < len(s):
			if s[i+1] != '\n' {
				word.WriteByte(s[i+1])
				in = true
			}
			i += 2
		case c == '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("the quote ' at byte %d is not closed", i)
			}
			word.WriteString(s[i+1 : i+1+end])
			in, i = true, i+end+2
		case c == '"' || c == '$' && strings.HasPrefix(s[i+1:], "'"):
			n, err := quotedWord(s[i:], &word)
			if err != nil {
				return nil, fmt.Errorf("%v at byte %d", err, i)
			}
			in, i = true, i+n
		default:
			word.WriteByte(c)
			in = true
			i++
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}

// quotedWord reads "…" or $'…' at the beginning of s, and returns its length.
func quotedWord(s string, word *strings.Builder) (int, error) {
	end, from := byte('"'), 1
	if s[0] == '$' {
		end, from = '\'', 2
	}
	for i := from; i < len(s); i++ {
		switch {
		case s[i] == end:
			return i + 1, nil
		case s[i] != '\\' || i+1 == len(s):
			word.WriteByte(s[i])
		default:
			i++
			i += escapedByte(s[i:], end, word)
		}
	}
	return 0, fmt.Errorf("the quote %c is not closed", end)
}

// escapedByte writes what follows a backslash and returns how many bytes more
// than one it took.
func escapedByte(s string, end byte, word *strings.Builder) int {
	if end == '"' {
		if !strings.ContainsRune("\"\\$`\n", rune(s[0])) {
			word.WriteByte('\\')
		}
		if s[0] != '\n' {
			word.WriteByte(s[0])
		}
		return 0
	}
	var code rune
	switch s[0] {
	case 'n':
		word.WriteByte('\n')
	case 'r':
		word.WriteByte('\r')
	case 't':
		word.WriteByte('\t')
	case 'u', 'x':
		digits := map[byte]int{'u': 4, 'x': 2}[s[0]]
		if len(s) <= digits {
			return 0
		}
		if _, err := fmt.Sscanf(s[1:1+digits], "%x", &code); err != nil {
			return 0
		}
		word.WriteRune(code)
		return digits
	default:
		word.WriteByte(s[0])
	}
	return 0
}
