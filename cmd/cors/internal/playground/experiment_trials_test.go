package playground

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// TestTrialsAreBounded: their number, their record and their life.
func TestTrialsAreBounded(t *testing.T) {
	p := lab(t)
	now := time.Now()
	p.trials.now = func() time.Time { return now }
	first, one, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * maxRecord / maxReply {
		one.arrive(browser.Exchange{Method: "GET"})
	}
	if n := len(one.seen()); n != maxRecord/maxReply {
		t.Errorf("%d exchanges are recorded", n)
	}
	second, _, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	for range maxTrials - 1 {
		if _, _, err := p.trials.begin(newState(), p, false, ""); err != nil {
			t.Fatal(err)
		}
	}
	if p.trials.get(first) != nil || p.trials.get(second) == nil || len(p.trials.byID) != maxTrials {
		t.Errorf("%d trials, the first still there: %v", len(p.trials.byID), p.trials.get(first) != nil)
	}
	now = now.Add(trialLifetime + time.Second)
	if p.trials.get(second) != nil {
		t.Error("a trial outlives its time")
	}
	if _, _, err := p.trials.begin(newState(), p, false, ""); err != nil || len(p.trials.byID) != 1 {
		t.Errorf("%d trials are left, %v", len(p.trials.byID), err)
	}
}

func TestRehearsalsAreBounded(t *testing.T) {
	p := lab(t)
	live, _, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range maxRehearsals {
		id, _, err := p.trials.begin(newState(), p, true, "")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != errBusy {
		t.Errorf("one too many: %v", err)
	}
	if p.trials.get(live) == nil {
		t.Error("predictions take the place of a run")
	}
	p.trials.end(ids[0])
	p.trials.end(ids[0])
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != nil {
		t.Errorf("once one has ended: %v", err)
	}
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != errBusy {
		t.Errorf("one that ends twice makes room twice: %v", err)
	}
}

// send makes a request of one of the servers, by the name it goes by.
func send(t *testing.T, method, url, body string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

var form = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

// TestRunOverHTTP is a run as the page's script makes it, without a browser.
func TestRunOverHTTP(t *testing.T) {
	p := lab(t)
	site := p.site.url()
	query := "v=1&r0s=302&r0to=alias&r0h=" + url.QueryEscape("Access-Control-Allow-Origin: "+site+"\nSet-Cookie: a=b; Max-Age=9999\nX-Raw: é") +
		"&r1h=" + url.QueryEscape("X-Twice: 1\nX-Twice: 2")
	response, text := send(t, "POST", site+"/experiment/runs", query, form)
	var begun struct {
		Run, From, URL string
		Init           call
	}
	if err := json.Unmarshal([]byte(text), &begun); err != nil || response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	if len(begun.Run) < 26 || begun.URL != p.api.url()+"/x/"+begun.Run+"/items" || begun.From != "site" || begun.Init.Method != "GET" {
		t.Errorf("%s", text)
	}
	response, text = send(t, "GET", begun.URL, "", http.Header{"Origin": {site}})
	if text != note || response.StatusCode != 302 {
		t.Errorf("%d %q", response.StatusCode, text)
	}
	for name, want := range map[string]string{
		"Location":                    p.api.alias() + "/x/" + begun.Run + "/v2/items",
		"Set-Cookie":                  "a=b; Max-Age=9999; Path=/x/" + begun.Run + "/; Max-Age=120",
		"X-Raw":                       "\xe9",
		"Access-Control-Allow-Origin": site,
	} {
		if got := response.Header[http.CanonicalHeaderKey(name)]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	response, _ = send(t, "GET", response.Header.Get("Location"), "", http.Header{"Origin": {"null"}})
	if got := response.Header["X-Twice"]; !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("X-Twice: %q", got)
	}
	said := `{"type":"","status":0,"error":"TypeError: Failed to fetch"}`
	response, text = send(t, "POST", site+"/experiment/runs/"+begun.Run, said, nil)
	for _, want := range []string{`data-agree="true"`, "GET /items, GET /v2/items", `<td class="actual">an error</td>`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, begun.Run) || response.StatusCode != 200 {
		t.Errorf("status %d, and the page shows the id of the run: %v", response.StatusCode, strings.Contains(text, begun.Run))
	}
	for _, again := range []string{site + "/experiment/runs/" + begun.Run, site + "/experiment/runs/" + begun.Run + "/earlier"} {
		if response, _ := send(t, "POST", again, said, nil); response.StatusCode != 404 {
			t.Errorf("%s once more: status %d", again, response.StatusCode)
		}
	}
	if response, _ := send(t, "GET", begun.URL, "", nil); response.StatusCode != 404 || response.Header.Get("X-Raw") != "" {
		t.Errorf("the API still answers for the run: status %d", response.StatusCode)
	}
}

// TestRunDiffers: a report that the prediction does not bear out is told.
func TestRunDiffers(t *testing.T) {
	p := lab(t)
	_, text := send(t, "POST", p.site.url()+"/experiment/runs", "v=1", form)
	var begun struct{ Run, URL string }
	if err := json.Unmarshal([]byte(text), &begun); err != nil {
		t.Fatal(err)
	}
	_, text = send(t, "POST", p.site.url()+"/experiment/runs/"+begun.Run, `{"type":"cors","status":200,"header":[["X-B",""],["x-a",""]]}`, nil)
	for _, want := range []string{`data-agree="false"`, "cors response, status 200", "x-a, x-b", "nothing", "differs"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestRunRefused: what may not be run, and reports that cannot be true.
func TestRunRefused(t *testing.T) {
	p := lab(t)
	site := p.site.url()
	for body, want := range map[string]string{
		"v=2":           "another version",
		"v=1&r0s=abcde": `"abcde" is no status`,
		"v=1&r0s=99":    "is no status",
		"v=1&page=file": "cannot become a file",
		"v=1&r0s=401&r0h=WWW-Authenticate%3A+Basic": "password",
		"%zz": "cannot be read",
	} {
		response, text := send(t, "POST", site+"/experiment/runs", body, form)
		if response.StatusCode != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", body, response.StatusCode, text)
		}
	}
	_, text := send(t, "POST", site+"/experiment/runs", "v=1", form)
	var begun struct{ Run string }
	if err := json.Unmarshal([]byte(text), &begun); err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"", "[]", `{"status":999}`, `{"type":"cors","status":200,"error":"x"}`, `{"type":"evil","status":1}`, `{"status":0}`} {
		if response, text := send(t, "POST", site+"/experiment/runs/"+begun.Run, said, nil); response.StatusCode != 400 {
			t.Errorf("%s: %d %s", said, response.StatusCode, text)
		}
	}
	response, _ := send(t, "POST", site+"/experiment/runs", "v=1", http.Header{"Content-Type": form["Content-Type"], "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}})
	if response.StatusCode != 403 {
		t.Errorf("another site may begin a run: status %d", response.StatusCode)
	}
}

// TestOthersCookies: of what a browser sends to all of localhost, only the
// cookies of the experiment are written down.
func TestOthersCookies(t *testing.T) {
	p := lab(t)
	s := newState()
	s.Hops[0].Response.Lines = "Set-Cookie: mine=1; SameSite=Lax"
	id, one, err := p.trials.begin(s, p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	send(t, "GET", p.api.url()+trialPath+id+hopPaths[0], "", http.Header{"Cookie": {"session=secret; mine=1; sid=x"}})
	send(t, "GET", p.api.url()+trialPath+id+hopPaths[0], "", http.Header{"Cookie": {"session=secret"}})
	var got []string
	for _, x := range one.seen() {
		for _, f := range x.Header {
			if f.Name == "Cookie" {
				got = append(got, f.Value)
			}
		}
	}
	if !slices.Equal(got, []string{"mine=1"}) {
		t.Errorf("recorded %q", got)
	}
}
