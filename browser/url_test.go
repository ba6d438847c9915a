package browser

import (
	"strings"
	"testing"
)

// TestCostlyURLs: what the parser would need time in the square of its length
// for is not parsed; a long data: URL with a MIME type is.
func TestCostlyURLs(t *testing.T) {
	slashes, letters := strings.Repeat("/", 200<<10), strings.Repeat("a", 200<<10)
	for url, costly := range map[string]bool{
		"data:" + slashes:                       true,
		"data:\n" + slashes:                     true,
		" DATA:" + slashes:                      true,
		"data:/" + letters:                      true,
		"https://api.test/" + slashes:           true,
		"https://" + letters:                    true,
		slashes:                                 true,
		"data:," + letters:                      false,
		"data:text/plain," + slashes:            false,
		"https://api.test/?" + letters[:32<<10]: false,
	} {
		if got := costlyURL(url); got != costly {
			t.Errorf("%.30q of %d bytes: costly %v", url, len(url), got)
		}
	}
}
