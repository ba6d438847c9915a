// Package origin tells what a web origin is: the scheme, host and port that a
// page came from, by which a browser decides what the page may do.
//
// Browsers write an origin, in the Origin header and wherever scripts see one,
// in one form only, its serialization: "https://example.com",
// "http://localhost:8000", "http://[::1]:8000", or "null" for an opaque origin,
// such as that of a sandboxed frame, which equals nothing but itself.
//
//   - [Parse] reads what a browser sends and nothing else: no path, no trailing
//     slash, no default port, no upper case, no Unicode.
//   - [OfURL] finds the origin of a URL that a person may have typed.
//   - [ParsePattern] reads what a person writes to allow origins, such as
//     "https://*.example.com" or "http://localhost:*", and says what to write
//     instead if it is not right. [Set] is many patterns, made ready for lookup.
//   - Origins and patterns compare with ==, and are good map keys.
//
// Three relations are often confused. Two origins are [SameOrigin] if scheme,
// host and port agree: this is what CORS is about. They are [SameSite] if scheme
// and registrable domain agree ("https://a.example.com" and
// "https://b.example.com:8443"): this is what SameSite cookies are about. And an
// origin may be a subdomain of a domain, see [Origin.IsSubdomainOf].
//
// # Hosts
//
// A host is compared byte for byte, as browsers do. In particular
// "https://example.com." with a trailing dot is another origin, of another
// site, than "https://example.com", though DNS resolves both alike. An
// internationalized domain name is always in its ASCII form ("xn--…"); whether
// the part after "xn--" decodes to something valid is not looked into. An IPv4
// or IPv6 address has only one spelling, the one the URL standard serializes it
// to.
//
// # Schemes
//
// In the URL standard only http, https, ws, wss and ftp URLs have a tuple
// origin; every other origin is opaque. Browsers and the web views of
// applications register schemes of their own and treat them likewise:
// "chrome-extension://…", "moz-extension://…", "tauri://localhost",
// "capacitor://localhost". This package therefore gives a tuple origin to every
// scheme with an authority, except about, blob, data, file and javascript.
package origin
