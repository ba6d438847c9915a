package browser

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"crossorigin.dev/origin"
)

// Options configures a Browser. The zero value is a browser with an empty
// cookie jar, empty caches and a transport of its own, that keeps to the
// standard.
type Options struct {
	Profile   Profile           // the browser to imitate; the zero value is Spec
	Transport http.RoundTripper // nil: one that speaks to the network, without a proxy. What is answered 421 is sent twice
	Now       func() time.Time  // the clock; nil: time.Now
	MaxBody   int64             // bytes of a response's body at most, see Response.BodyError; 0: 32 MiB
	// Timeout is how long one Fetch may take, with its preflights and
	// redirects and the body. 0: 30 s. A negative one is no limit of its own:
	// the context's deadline is then the only one.
	Timeout time.Duration
	// UserAgent is the User-Agent sent with every request; empty: one that
	// names this package.
	UserAgent string
}

const (
	defaultMaxBody   = 32 << 20
	defaultTimeout   = 30 * time.Second
	defaultUserAgent = "Mozilla/5.0 (compatible; Crossorigin; +https://crossorigin.dev)"
	maxHeaderBytes   = 256 << 10 // of a response's headers
)

// A Browser holds what the pages of one browser share: the cookie jar, the
// preflight cache, the connections. It is safe for concurrent use.
type Browser struct {
	profile    Profile
	transport  http.RoundTripper
	now        func() time.Time
	maxBody    int64
	timeout    time.Duration
	userAgent  string
	cookies    cookieJar
	preflights preflightCache
	responses  httpCache
	locations  locationMemo
}

// New returns a browser that has visited nothing.
func New(o Options) *Browser {
	b := &Browser{
		profile:   o.Profile.orSpec(),
		transport: o.Transport,
		now:       o.Now,
		maxBody:   o.MaxBody,
		timeout:   o.Timeout,
		userAgent: o.UserAgent,
	}
	if b.transport == nil {
		b.transport = newTransport()
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.maxBody <= 0 {
		b.maxBody = defaultMaxBody
	}
	if b.timeout == 0 {
		b.timeout = defaultTimeout
	}
	if b.userAgent == "" {
		b.userAgent = defaultUserAgent
	}
	return b
}

// newTransport returns a transport without a proxy and without transparent
// decompression, which would hide the headers that a script sees.
func newTransport() *http.Transport {
	return &http.Transport{
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           32,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// Close drops the connections that are kept open for later requests, if the
// transport keeps any.
func (b *Browser) Close() {
	if t, ok := b.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// PageOptions describes a page that is more than its URL.
type PageOptions struct {
	// URL is the page's address. It may be empty if Opaque is set.
	URL string
	// Opaque gives the page an opaque origin, "null", as a frame with the
	// sandbox attribute has. Pages of file: and data: URLs have one anyway.
	Opaque bool
	// ReferrerPolicy is the page's own; empty:
	// ReferrerStrictOriginWhenCrossOrigin.
	ReferrerPolicy ReferrerPolicy
	// EmbedderPolicy is its Cross-Origin-Embedder-Policy, which counts in a
	// secure context only.
	EmbedderPolicy EmbedderPolicy
	// CrossSiteAncestor says that the page is a frame in a page of another
	// site, so that SameSite cookies are not sent even to its own.
	CrossSiteAncestor bool
	// AddressSpace is where the page came from, for Local Network Access.
	// If it is AddressSpaceUnknown and the URL's host does not show it (as
	// an address does, and localhost), that is not enforced.
	AddressSpace AddressSpace
	// LocalNetwork is what the user said when asked whether the page may
	// reach into a more private network.
	LocalNetwork Permission
}

// A Page is an open page, whose script makes requests. Nothing is fetched for
// it: it stands for a page that has been loaded. It is safe for concurrent use.
type Page struct {
	browser        *Browser
	location       *location // nil if the page has no URL
	origin         origin.Origin
	partition      partitionKey
	referrerPolicy ReferrerPolicy
	embedderPolicy EmbedderPolicy
	crossSiteFrame bool
	secure         bool // https://html.spec.whatwg.org/#secure-context
	addressSpace   AddressSpace
	localNetwork   Permission

	keepaliveBytes atomic.Int64 // of bodies in flight

	mu      sync.Mutex
	objects map[string]object // by their blob: URL
}

// Open opens the page at an absolute URL. Only what no browser can parse, and
// what cannot be a page's address, is an error.
func (b *Browser) Open(url string) (*Page, error) { return b.OpenPage(PageOptions{URL: url}) }

// OpenPage opens a page as described.
func (b *Browser) OpenPage(o PageOptions) (*Page, error) {
	p := &Page{
		browser: b, referrerPolicy: or(o.ReferrerPolicy, ReferrerStrictOriginWhenCrossOrigin),
		embedderPolicy: o.EmbedderPolicy, crossSiteFrame: o.CrossSiteAncestor,
		addressSpace: o.AddressSpace, localNetwork: o.LocalNetwork,
	}
	switch {
	case !p.referrerPolicy.valid():
		return nil, fmt.Errorf("browser: %q is not a referrer policy; write one such as %q", o.ReferrerPolicy, ReferrerNoReferrer)
	case !slices.Contains(embedderPolicies, o.EmbedderPolicy):
		return nil, fmt.Errorf("browser: %q is not an embedder policy; write one such as %q", o.EmbedderPolicy, EmbedderRequireCORP)
	case !slices.Contains(allAddressSpaces, o.AddressSpace):
		return nil, fmt.Errorf("browser: %q is not an address space; write one such as %q", o.AddressSpace, AddressSpacePublic)
	}
	if o.URL != "" || !o.Opaque {
		l, err := parseLocation(o.URL, nil)
		if err != nil {
			return nil, fmt.Errorf("browser: cannot open a page at %q: %v; write an absolute URL such as %q", o.URL, err, "https://app.example.com/")
		}
		p.location, p.origin = l, l.origin
		p.secure = l.origin.PotentiallyTrustworthy() || l.scheme == "file"
		if p.addressSpace == AddressSpaceUnknown {
			p.addressSpace = b.profile.spaceOfHost(l.hostname)
		}
	}
	if !p.secure {
		p.embedderPolicy = "" // https://html.spec.whatwg.org/#obtain-an-embedder-policy
	}
	if o.Opaque {
		p.origin = origin.NewOpaque()
	}
	p.partition = newPartitionKey(p.origin)
	return p, nil
}

// Origin returns the page's origin.
func (p *Page) Origin() origin.Origin { return p.origin }

// URL returns the page's URL as the browser writes it, or "" if it has none.
func (p *Page) URL() string {
	if p.location == nil {
		return ""
	}
	return p.location.href
}

// Fetch does what fetch() does in the page's script. It returns either what
// the script gets, or an [*Error] that says what the script does not: why. The
// trace is in both.
//
// The time it takes is bounded by ctx and by the browser's Timeout. The body is
// read within it too, but does not decide: see [Response].BodyError.
func (p *Page) Fetch(ctx context.Context, r Request) (*Response, error) {
	if p.browser.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.browser.timeout)
		defer cancel()
	}
	f := newFetch(ctx, p, &r)
	response, failure := f.run(&r)
	if failure != nil {
		return nil, f.failed(failure)
	}
	return response, nil
}
