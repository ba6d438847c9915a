package browser

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/internal/fetchspec"
)

// cacheDirectives returns the values, as they are written, that Cache-Control has
// for a directive.
func cacheDirectives(h headerList, name string) []string {
	var values []string
	for _, d := range fetchspec.GetDecodeSplit(h.lines("Cache-Control")) {
		if key, value, _ := strings.Cut(d, "="); fetchspec.EqualFold(strings.Trim(key, " \t"), name) {
			values = append(values, value)
		}
	}
	return values
}

// cacheDirective looks up the first value of a directive of Cache-Control.
func cacheDirective(h headerList, name string) (value string, ok bool) {
	values := cacheDirectives(h, name)
	return strings.Trim(first(values), `"`), len(values) > 0
}

// forever is how long what is fresh for good serves.
const forever = 100 * 365 * 24 * time.Hour

// freshness is how long a response serves without being asked about again.
// https://httpwg.org/specs/rfc9111.html#calculating.freshness.lifetime
func (f *fetch) freshness(status int, h headerList) time.Duration {
	now := f.now()
	if statuses := freshStatuses[f.profile()]; statuses != nil && !slices.Contains(statuses, status) {
		return 0
	}
	if _, revalidate := cacheDirective(h, "no-cache"); revalidate || pragmaOfAnswer[f.profile()] && pragmaNoCache(h) {
		return 0
	}
	seconds, _ := strconv.ParseInt(first(h.lines("Age")), 10, 32)
	age := time.Duration(max(0, seconds)) * time.Second
	if lifetime, ok := f.cacheMaxAge(h); ok {
		return max(0, lifetime-age)
	}
	date, err := http.ParseTime(first(h.lines("Date")))
	if err != nil {
		date = now
	}
	expires, ok := f.expires(h)
	if !ok {
		return f.guessedFreshness(status, h, date)
	}
	return max(0, expires.Sub(date.Add(age)))
}

// cacheMaxAge is how long Cache-Control says that a response is fresh, if it does.
// https://httpwg.org/specs/rfc9111.html#cache-response-directive.max-age
func (f *fetch) cacheMaxAge(h headerList) (lifetime time.Duration, ok bool) {
	read := maxAgeRead[f.profile()]
	for _, value := range cacheDirectives(h, "max-age") {
		lifetime, ok = read.lifetime(value)
		if ok && read != readLeadingDigits || read == readStrictly {
			return lifetime, true // else a later one counts
		}
	}
	return lifetime, ok
}

// lifetime is what the value of a max-age says, if it is one.
func (r maxAgeReading) lifetime(value string) (time.Duration, bool) {
	value = strings.Trim(value, " \t")
	digits := value
	switch r {
	case readStrictly:
		digits = strings.Trim(value, `"`)
	case readLeadingDigits:
		digits = value[:len(value)-len(strings.TrimLeft(value, "0123456789"))]
	case readNumber:
		number := strings.Trim(value, `"`)
		seconds, err := strconv.ParseFloat(number, 64)
		if err != nil || strings.Trim(number, "+-.0123456789") != "" {
			return 0, false
		}
		return time.Duration(min(max(0, seconds), fetchspec.MaxAgeLimit)) * time.Second, true
	}
	seconds, ok := fetchspec.MaxAge([]string{digits})
	return time.Duration(seconds) * time.Second, ok
}

// expires is when Expires says that a response is no longer fresh, if it says
// anything. What is no date is long ago.
// https://httpwg.org/specs/rfc9111.html#field.expires
func (f *fetch) expires(h headerList) (time.Time, bool) {
	lines := h.lines("Expires")
	if len(lines) == 0 {
		return time.Time{}, false
	}
	value := lines[0]
	if expiresJoined[f.profile()] {
		value = strings.TrimLeft(strings.Join(lines, ", "), ", ")
	}
	at, err := http.ParseTime(value)
	if err != nil && looseDatesRead[f.profile()] {
		at, err = f.looseDate(value)
	}
	if err != nil {
		said := !undatedExpiresIgnored[f.profile()] || value == "0" && f.profile() == Chromium
		return time.Time{}, said
	}
	return at, true
}

// looseDate reads a date as browsers do, with or without a weekday, a time and a zone,
// and all but WebKit one with the year first.
func (f *fetch) looseDate(value string) (at time.Time, err error) {
	if weekday, date, ok := strings.Cut(value, ", "); ok && len(weekday) >= 3 {
		value = date
	}
	value = strings.TrimSuffix(value, " GMT")
	layouts := []string{"2 Jan 2006 15:04:05", "2 Jan 2006", "2006-01-02"}
	if f.profile() == WebKit {
		layouts = layouts[:2]
	}
	for _, layout := range layouts {
		if at, err = time.Parse(layout, value); err == nil {
			break
		}
	}
	return at, err
}

// guessedFreshness is what browsers take for the freshness of a response that
// does not say. The standard lets them guess, and Spec does not.
// https://httpwg.org/specs/rfc9111.html#heuristic.freshness
func (f *fetch) guessedFreshness(status int, h headerList, date time.Time) time.Duration {
	if slices.Contains(permanentStatuses[f.profile()], status) {
		return forever
	}
	modified, err := http.ParseTime(first(h.lines("Last-Modified")))
	if err != nil || !f.guessesFreshness(status, h) {
		return 0
	}
	if _, must := cacheDirective(h, "must-revalidate"); must {
		return 0
	}
	return max(0, date.Sub(modified)/10)
}

// guessesFreshness reports whether the browser does so for such a response.
func (f *fetch) guessesFreshness(status int, h headerList) bool {
	_, public := cacheDirective(h, "public")
	_, private := cacheDirective(h, "private")
	return slices.Contains(freshnessGuessed[f.profile()], status) ||
		(public || private) && slices.Contains(freshnessGuessedIfScoped[f.profile()], status)
}
