package browser

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// schemeFetch fetches what is not from another origin, or is without CORS.
// https://fetch.spec.whatwg.org/#scheme-fetch
func (f *fetch) schemeFetch(target *location) (*response, *Error) {
	switch {
	case target.isHTTP():
		return f.httpFetch(nil)
	case target.scheme == "data":
		return f.dataFetch(target)
	case target.scheme == "blob":
		return f.blobFetch(target)
	case f.isAboutBlank(target) && aboutBlankFetched[f.profile()]:
		f.info(ruleScheme, "about:blank is an empty page; nothing is sent.")
		return localResponse(headerList{{"Content-Type", "text/html;charset=utf-8"}}, nil), nil
	}
	return nil, f.failScheme(target)
}

// isAboutBlank reports whether a URL is about:blank, whatever its query.
func (f *fetch) isAboutBlank(l *location) bool {
	path, _, _ := strings.Cut(l.withoutFragment(), "?")
	return path == "about:blank" || aboutBlankAnyCase[f.profile()] && fetchspec.EqualFold(path, "about:blank")
}

func (f *fetch) failScheme(target *location) *Error {
	return f.fail(ruleScheme, ReasonSchemeNotSupported,
		"The URL's scheme is "+target.scheme+"; only http and https can be fetched from a server.", Field{"url", target.href})
}

// localResponse is a response that came from no server.
func localResponse(header headerList, body []byte) *response {
	return &response{status: 200, header: header, body: io.NopCloser(bytes.NewReader(body)), length: int64(len(body))}
}

// dataFetch decodes a data: URL.
// https://fetch.spec.whatwg.org/#data-url-processor
func (f *fetch) dataFetch(target *location) (*response, *Error) {
	input := strings.TrimPrefix(target.withoutFragment(), "data:")
	mime, data, ok := strings.Cut(input, ",")
	if !ok {
		return nil, f.fail(ruleDataURL, ReasonNetworkFailed, "The data: URL has no comma, so it has no content.", Field{"url", quote(target.href)}, Field{"cause", causeContent})
	}
	body := percentDecode(data)
	mime = strings.Trim(mime, "\t\n\f\r ")
	if rest, ok := cutBase64(mime); ok {
		mime = rest
		var err error
		body, err = base64.StdEncoding.DecodeString(forgivingBase64(string(body)))
		if err != nil {
			return nil, f.fail(ruleDataURL, ReasonNetworkFailed, "The data: URL says base64, but its content is not.", Field{"url", quote(target.href)}, Field{"cause", causeContent})
		}
	}
	if strings.HasPrefix(mime, ";") {
		mime = "text/plain" + mime
	}
	if m, ok := fetchspec.ParseMIMEType(mime); ok {
		mime = m.String()
	} else {
		mime = "text/plain;charset=US-ASCII"
	}
	header := headerList{{"Content-Type", mime}}
	if dataURLHasLength[f.profile()] && f.initiator != InitiatorXHR {
		header = append(header, Field{"Content-Length", strconv.Itoa(len(body))})
	}
	f.info(ruleDataURL, "The data: URL is decoded; nothing is sent.")
	return localResponse(header, body), nil
}

// cutBase64 cuts the ";base64" that a data: URL may have before its comma.
func cutBase64(mime string) (rest string, ok bool) {
	const suffix = "base64"
	if len(mime) < len(suffix) || !fetchspec.EqualFold(mime[len(mime)-len(suffix):], suffix) {
		return mime, false
	}
	return strings.CutSuffix(strings.TrimRight(mime[:len(mime)-len(suffix)], " "), ";")
}

// forgivingBase64 brings s into the one form that encoding/base64 takes.
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\t\n\f\r ", r) {
			return -1
		}
		return r
	}, s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	if strings.Contains(s, "=") {
		return "=" // an error
	}
	return s + strings.Repeat("=", (4-len(s)%4)%4)
}

// percentDecode is https://url.spec.whatwg.org/#string-percent-decode: what is
// no escape stays as it is.
func percentDecode(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(v))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

// An object is what a blob: URL stands for.
type object struct {
	contentType string
	data        []byte
}

// CreateObjectURL does what URL.createObjectURL does in the page's script: it
// returns a blob: URL that this page can fetch, with GET. The page keeps a copy
// of data for as long as it lives.
func (p *Page) CreateObjectURL(contentType string, data []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.objects == nil {
		p.objects = make(map[string]object)
	}
	url := fmt.Sprintf("blob:%s/%08x-0000-4000-8000-000000000000", p.origin, len(p.objects)+1)
	p.objects[url] = object{contentType, bytes.Clone(data)}
	return url
}

// owns reports whether a blob: URL is of the page's own making, which is of its
// origin even if that is opaque.
func (p *Page) owns(target *location) bool {
	if target.scheme != "blob" {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.objects[target.withoutFragment()]
	return ok
}

// blobFetch reads an object of the page.
// https://fetch.spec.whatwg.org/#scheme-fetch
func (f *fetch) blobFetch(target *location) (*response, *Error) {
	f.page.mu.Lock()
	o, ok := f.page.objects[target.withoutFragment()]
	f.page.mu.Unlock()
	in := Field{"url", target.href}
	switch {
	case f.method != "GET":
		return nil, f.fail(ruleBlobURL, ReasonBlobMethod, "A blob: URL can be fetched with GET only, not with "+f.method+".", in)
	case !ok:
		return nil, f.fail(ruleBlobURL, ReasonNetworkFailed, "The page has no object of that blob: URL.", in, Field{"cause", causeObject})
	}
	f.info(ruleBlobURL, "The blob: URL is an object of the page; nothing is sent.")
	header := headerList{{"Content-Length", strconv.Itoa(len(o.data))}, {"Content-Type", o.contentType}}
	if blobHasReferrerPolicy[f.profile()] {
		header.append("Referrer-Policy", string(f.page.referrerPolicy))
		if f.page.origin.IsOpaque() {
			header.append("Content-Security-Policy", "sandbox allow-scripts") // the page's, as that of sandbox-local-blob
		}
	}
	value, ranged := f.header.get("Range")
	if !ranged {
		return localResponse(header, o.data), nil
	}
	part, ok := fetchspec.ParseRange(value, true)
	first, last, some := part.Of(len(o.data))
	if !ok || !some {
		return nil, f.fail(ruleBlobURL, ReasonNetworkFailed, "The object of the blob: URL has no such range.", in, Field{"cause", causeRange})
	}
	header[0].Value = strconv.Itoa(last - first + 1)
	header.append("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(o.data)))
	r := localResponse(header, o.data[first:last+1])
	r.status = http.StatusPartialContent
	return r, nil
}
