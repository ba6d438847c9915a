package browser

// A Profile is the browser that is imitated.
type Profile uint8

const (
	Spec     Profile = iota // the Fetch standard, to the letter
	Chromium                // as Chromium 156 was measured
	Firefox                 // as Firefox 153 was measured
	WebKit                  // as WebKitGTK 2.50 was measured
)

var profileNames = perProfile[string]{Spec: "spec", Chromium: "chromium", Firefox: "firefox", WebKit: "webkit"}

// String returns "spec", "chromium", "firefox" or "webkit".
func (p Profile) String() string { return profileNames[p] }

// ParseProfile returns the profile of that name, as String writes it.
func ParseProfile(name string) (p Profile, ok bool) {
	for p, n := range profileNames {
		if n == name {
			return Profile(p), true
		}
	}
	return Spec, false
}

// perProfile is one row of the table of differences: a value per profile.
type perProfile[T any] [4]T
