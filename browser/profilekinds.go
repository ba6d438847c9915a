package browser

// The values of those rows of the table in profile.go that are more than yes or no.

// A repeat says whether a preflight is repeated after a redirect.
type repeat uint8

const (
	repeatIfNeeded repeat = iota
	repeatWithRest        // always, for the headers that are left
	repeatWithAll         // always, for the headers there were
)

// A streaming says what becomes of a streamed body.
type streaming uint8

const (
	streamingNeedsHTTP2 streaming = iota // preflighted, then an error over HTTP/1
	streamingAsText                      // the stream object is turned into text
	streamingRefused                     // an error at once
)

// An unstoring says which failed responses are not kept.
type unstoring uint8

const (
	unstoreNothing unstoring = iota
	unstoreButRedirects
	unstoreRedirects  // those that lead nowhere too, and what Cross-Origin-Resource-Policy forbids
	unstoreAndRestore // all but redirects, and what was there before is there again
)

// A locating says when a Location is looked at before the CORS check.
type locating uint8

const (
	locatedLater    locating = iota
	locatedToFollow          // if it is to be followed; also mixed content and a scheme like data, though not ftp and about
	locatedAlways
)

// An awaiting says to whose challenge a browser opens a login dialog.
type awaiting uint8

const (
	awaitsNone awaiting = iota
	awaitsAny
	awaitsOwn // that of the page's own origin
)

// A reading says when a body is read that the standard has no use for.
type reading uint8

const (
	readNever reading = iota
	readOverHTTP2
	readAlways
)

// An insistence says when a request that is answered 408 is sent again.
type insistence uint8

const (
	insistsNever     insistence = iota
	insistsIfReused             // once, over HTTP/1, if the connection had served before
	insistsOverHTTP2            // over HTTP/2, until ten have been answered so; then the fetch fails
)

// A placing says when an XMLHttpRequest's charset is corrected in its place.
type placing uint8

const (
	inPlaceNever placing = iota
	inPlace
	inPlaceForParams // for URLSearchParams; a string's is corrected as the standard says
	parsedAsWritten  // never, but that of URLSearchParams is corrected like a string's, and twins are kept
)

// A namelessness says what becomes of a cookie without a name.
type namelessness uint8

const (
	namelessKept        namelessness = iota // it is a value alone
	namelessIsValueless                     // what stands there without "=" is a name; else it is refused
	namelessRefused
)

// A forgetting says which failures clear the preflight cache for the URL.
type forgetting uint8

const (
	forgetNever forgetting = iota
	forgetAfterPreflight
	forgetAfterAny
	forgetButRefusedRedirects // that is any but that of redirect mode error
)

// A maxAgeReading says how the value of a max-age is read.
type maxAgeReading uint8

const (
	readStrictly      maxAgeReading = iota // the first; what is no number is stale
	readDigits                             // the first of digits alone
	readLeadingDigits                      // the last, as far as there are digits
	readNumber                             // the first with a sign or a fraction or neither
)
