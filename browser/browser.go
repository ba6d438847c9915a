package browser

import (
	"net/http"
	"time"
)

// Options configures a Browser. The zero value is a browser with an empty
// cookie jar, empty caches and a transport of its own.
type Options struct {
	Transport http.RoundTripper // nil: one that speaks to the network, without a proxy
	Now       func() time.Time  // the clock; nil: time.Now
	MaxBody   int64             // bytes of a response's body at most; 0: 32 MiB
}
