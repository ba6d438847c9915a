package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// TestMaxAgeOfBrowsers: for how many seconds each profile remembers a preflight:
// the rows maxAgeCap, maxAgeNegative, maxAgePlus, maxAgeGarbage and maxAgeOverflow.
func TestMaxAgeOfBrowsers(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  [4]time.Duration // in the order of allProfiles
	}{
		{"60", [4]time.Duration{60, 60, 60, 60}},
		{"100000", [4]time.Duration{86400, 7200, 86400, 600}},
		{"99999999999999999999", [4]time.Duration{86400, 5, 86400, 5}},
		{"-1", [4]time.Duration{5, 0, 0, 0}},
		{"+60", [4]time.Duration{5, 60, 0, 60}},
		{"60.5", [4]time.Duration{5, 5, 0, 5}},
	} {
		for i, profile := range allProfiles {
			again := func(pause time.Duration) bool {
				const url = "http://b.test/"
				c := rowCase{
					serve: serving{"OPTIONS " + url: "204\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Max-Age: " + tt.value},
					steps: []browser.Request{ask("PUT", url), ask("PUT", url)}, pause: pause,
				}
				_, second, _ := strings.Cut(c.run(t, profile), "; ")
				return strings.Contains(second, "OPTIONS")
			}
			want := tt.want[i] * time.Second
			if want > 0 && again(want-time.Second) {
				t.Errorf("%s, %s: it is forgotten before %v", profile, tt.value, want)
			}
			if !again(want) {
				t.Errorf("%s, %s: it is not forgotten after %v", profile, tt.value, want)
			}
		}
	}
}

// TestStoredStatuses: of which statuses a response is stored, and used again or
// asked about: the rows storedAnyway, storedIfDated, storedUnfresh, partsStored,
// freshStatuses, permanentStatuses, redirectsStoredToFollow, unstoredStatuses,
// notModifiedStored, onlyOKValidated and conditionsHonoured.
func TestStoredStatuses(t *testing.T) {
	statuses := []int{200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 410, 414, 415, 418, 500, 501}
	const url = "http://a.test:7000/x"
	const fresh = "\nCache-Control: max-age=60"
	follow, manual := ask("GET", url), withRedirect(ask("GET", url), browser.RedirectManual)
	for _, tt := range []struct {
		name          string
		fields        string
		first, second browser.Request
		of            string // what the second request ends with
		want          []string
	}{
		{"fresh", fresh, follow, follow, "[]", []string{
			"spec: 200 201 202 203 204 205 300 301 302 303 307 308 400 401 403 404 405 406 410 414 415 418 500 501",
			"chromium: 200 201 202 203 204 205 300 301 302 303 304 307 308 400 403 404 405 406 410 414 415 418 500 501",
			"firefox: 200 203 204 206 301 302 303 307 308 410",
			"webkit: 200 201 202 203 204 205 206 300 301 302 303 307 403 404 405 406 410 414 415 501",
		}},
		{"fresh, redirect mode manual", fresh, manual, manual, "[]", []string{
			"spec: 200 201 202 203 204 205 300 301 302 303 307 308 400 401 403 404 405 406 410 414 415 418 500 501",
			"chromium: 200 201 202 203 204 205 300 301 302 303 304 307 308 400 403 404 405 406 410 414 415 418 500 501",
			"firefox: 200 203 204 206 301 308 410",
			"webkit: 200 201 202 203 204 205 206 300 301 302 303 307 403 404 405 406 410 414 415 501",
		}},
		{"without a word", "", follow, follow, "[]", []string{
			"spec: ",
			"chromium: 300 301 308 410",
			"firefox: 410",
			"webkit: 301 410",
		}},
		{"forced", "", manual, underMode(manual, browser.CacheForceCache), "[]", []string{
			"spec: ",
			"chromium: 200 201 202 203 204 205 300 301 302 303 304 307 308 400 403 404 405 406 410 414 415 418 500 501",
			"firefox: 200 201 202 203 204 205 206 301 308 400 401 403 404 405 406 410 414 415 418 500 501",
			"webkit: 301 410",
		}},
		{"forced, to be followed", "", follow, underMode(follow, browser.CacheForceCache), "[]", []string{
			"spec: ",
			"chromium: 200 201 202 203 204 205 300 301 302 303 304 307 308 400 403 404 405 406 410 414 415 418 500 501",
			"firefox: 200 201 202 203 204 205 206 301 302 307 308 400 401 403 404 405 406 410 414 415 418 500 501",
			"webkit: 301 410",
		}},
		{"asked about", "\nETag: x", manual, manual, "If-None-Match: x]", []string{
			"spec: 200 203 204 300 301 308 404 405 410 414 501",
			"chromium: 200",
			"firefox: 200 201 202 203 204 205 206",
			"webkit: 200 203 204 206 300 404 405 414 501",
		}},
		{"asked about, though dated", "\nETag: x\nExpires: Thu, 01 Jan 1970 00:00:00 GMT", manual, manual, "If-None-Match: x]", []string{
			"spec: 200 201 202 203 204 205 300 301 302 303 307 308 400 401 403 404 405 406 410 414 415 418 500 501",
			"chromium: 200",
			"firefox: 200 201 202 203 204 205 206",
			"webkit: 200 201 202 203 204 205 206 300 403 404 405 406 410 414 415 501",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := byProfile(func(p browser.Profile) string {
				var list []string
				for _, status := range statuses {
					text := fmt.Sprint(status, tt.fields)
					if 301 <= status && status <= 308 {
						text += "\nLocation: http://a.test:7000/y"
					}
					c := rowCase{serve: serving{url: text}, steps: []browser.Request{tt.first, tt.second}, show: []string{"If-None-Match"}}
					_, second, _ := strings.Cut(c.run(t, p), "; ")
					second = strings.Replace(second, "GET a.test:7000/y", "", 1) // where a redirect leads
					if strings.HasSuffix(second, tt.of) {
						list = append(list, fmt.Sprint(status))
					}
				}
				return strings.Join(list, " ")
			})
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}
