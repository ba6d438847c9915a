package browser

// A Kind tells the three ways a fetch fails apart.
type Kind string

const (
	KindBlocked Kind = "blocked" // the browser's rules stopped it
	KindNetwork Kind = "network" // no response could be had
	KindMisuse  Kind = "misuse"  // the call itself is wrong
)

// An Error is how a fetch fails. A script sees only "TypeError: Failed to
// fetch"; a caller of this package sees why.
type Error struct {
	Kind   Kind
	Reason Reason
	// Sent reports whether the request itself, not only a preflight, reached
	// a server. A request that was blocked after it was sent had its effect.
	Sent bool
	// Trace is never nil; its Verdict says the same as this error.
	Trace *Trace
	// Err is the transport's or the context's error, if there was one. Kind is
	// then KindNetwork.
	Err error

	message   string
	preflight bool // the preflight failed
}

// Error returns the kind, the reason and the verdict's sentence.
func (e *Error) Error() string {
	return string(e.Kind) + " (" + string(e.Reason) + "): " + e.message
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
