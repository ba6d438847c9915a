package playground

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// A liveLog is an open live log, as a page reads it.
type liveLog struct {
	id     string
	events chan arrived
	close  func()
}

// openLog opens a live log and reads its events until the stream ends.
func openLog(t *testing.T, p *Playground) *liveLog {
	t.Helper()
	response, err := siteClient(t, p).Get(p.SiteURL() + "/live")
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	l := &liveLog{events: make(chan arrived, 100), close: func() { response.Body.Close() }}
	lines := bufio.NewScanner(response.Body)
	named := make(chan string, 1)
	go func() {
		defer close(l.events)
		event := ""
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case field == "event":
				event = value
			case field == "data" && event == "log":
				named <- value
			case field == "data":
				var a arrived
				if json.Unmarshal([]byte(value), &a) == nil {
					l.events <- a
				}
			}
		}
	}()
	l.id = <-named
	return l
}

// next is the next event, or fails.
func (l *liveLog) next(t *testing.T) arrived {
	t.Helper()
	select {
	case a, ok := <-l.events:
		if !ok {
			t.Fatal("the log has ended")
		}
		return a
	case <-time.After(30 * time.Second):
		t.Fatal("the log shows nothing")
	}
	panic("unreachable")
}

// TestLive shows each page the arrivals of its own runs, in order, and nothing
// of others.
func TestLive(t *testing.T) {
	p := start(t)
	one, two := openLog(t, p), openLog(t, p)
	defer one.close()
	defer two.close()
	if one.id == two.id || len(one.id) < 26 {
		t.Fatalf("the logs are %q and %q", one.id, two.id)
	}
	mine, theirs, nobodys := p.runs.begin(run{Live: one.id}), p.runs.begin(run{Live: two.id}), p.runs.begin(run{})
	c := apiClient(t, p)
	for _, id := range []string{nobodys, theirs, mine, "none"} {
		do(t, c, "OPTIONS", p.APIURL()+"/note?run="+id, "", http.Header{"Origin": {p.SiteURL()}, "Access-Control-Request-Method": {"PUT"}})
		do(t, c, "GET", p.APIURL()+"/note?run="+id, "", http.Header{"Origin": {p.SiteURL()}})
	}
	for _, l := range []struct {
		*liveLog
		run string
	}{{one, mine}, {two, theirs}} {
		first, second := l.next(t), l.next(t)
		if first.Run != l.run || first.Method != "OPTIONS" || !first.Preflight || second.Run != l.run || second.Method != "GET" || second.Status != 200 {
			t.Errorf("the log shows %+v and %+v, want the preflight and the request of %s", first, second, l.run)
		}
		if n := len(l.events); n != 0 {
			t.Errorf("the log shows %d events more", n)
		}
	}
}

// TestVisitorsAreApart lets two visitors try something at once, each with a word
// that only they typed: neither log, page nor answer of the one has the word of
// the other.
func TestVisitorsAreApart(t *testing.T) {
	p := start(t)
	site, api := siteClient(t, p), apiClient(t, p)
	type visitor struct {
		word string
		log  *liveLog
		told strings.Builder // all that the servers answered
		run  struct{ Run, URL string }
	}
	ada, bob := &visitor{word: "analytical", log: openLog(t, p)}, &visitor{word: "wellformed", log: openLog(t, p)}
	visitors := []*visitor{ada, bob}
	ask := func(v *visitor, c *http.Client, method, target, body string, header http.Header) answer {
		got := do(t, c, method, target, body, header)
		fmt.Fprintln(&v.told, got.Header, got.Body)
		return got
	}
	for _, v := range visitors {
		defer v.log.close()
		state := "v=1&headers=" + url.QueryEscape("X-Word: "+v.word) + "&p0h=" + url.QueryEscape("Access-Control-Allow-Headers: x-word") + "&r0h=" + url.QueryEscape("X-Said: "+v.word)
		ask(v, site, "GET", p.SiteURL()+"/experiment?"+state, "", nil)
		begun := ask(v, site, "POST", p.SiteURL()+"/experiment/runs?live="+v.log.id, state, form)
		if err := json.Unmarshal([]byte(begun.Body), &v.run); err != nil {
			t.Fatalf("%v: %s", err, begun.Body)
		}
	}
	for _, v := range visitors { // while both runs are open
		got := ask(v, api, "GET", v.run.URL, "", http.Header{"Origin": {p.SiteURL()}, "X-Word": {v.word}})
		if got.Header.Get("X-Said") != v.word {
			t.Errorf("the answer says %q, want %q", got.Header.Get("X-Said"), v.word)
		}
	}
	for _, v := range visitors {
		ask(v, site, "POST", p.SiteURL()+"/experiment/runs/"+v.run.Run, `{"type":"","status":0,"error":"TypeError"}`, nil)
		ask(v, site, "GET", p.SiteURL()+"/", "", nil)
		ask(v, site, "GET", p.SiteURL()+"/experiment", "", nil)
		a := v.log.next(t)
		fmt.Fprintf(&v.told, "%+v", a)
		if !slices.Contains(a.Header, browser.Field{Name: "X-Word", Value: v.word}) {
			t.Errorf("the log of %q shows %+v", v.word, a)
		}
		if n := len(v.log.events); n != 0 {
			t.Errorf("the log of %q shows %d events more", v.word, n)
		}
	}
	for _, pair := range [][2]*visitor{{ada, bob}, {bob, ada}} {
		for _, foreign := range []string{pair[1].word, pair[1].run.Run, pair[1].log.id} {
			if strings.Contains(pair[0].told.String(), foreign) {
				t.Errorf("the visitor who typed %q was told %q of another", pair[0].word, foreign)
			}
		}
	}
}

// TestLogsAreBounded opens as many logs as there may be, and one more.
func TestLogsAreBounded(t *testing.T) {
	p := start(t)
	var logs []*liveLog
	for range maxLogs {
		logs = append(logs, openLog(t, p))
	}
	refused := do(t, siteClient(t, p), "GET", p.SiteURL()+"/live", "", nil)
	if refused.Status != http.StatusServiceUnavailable || refused.Header.Get("Retry-After") == "" {
		t.Errorf("one log too many: status %d", refused.Status)
	}
	for _, l := range logs {
		l.close()
	}
	deadline := time.Now().Add(30 * time.Second)
	for open := maxLogs; open != 0; {
		p.runs.live.mu.Lock()
		open = len(p.runs.live.logs)
		p.runs.live.mu.Unlock()
		if open != 0 && time.Now().After(deadline) {
			t.Fatalf("%d logs are left after their pages have gone", open)
		}
	}
}

// TestLogThatNobodyReads fills a log beyond its backlog, which holds nobody up.
func TestLogThatNobodyReads(t *testing.T) {
	h := newHub()
	id, events, _ := h.open()
	for range 3 * logBacklog {
		h.show(id, arrived{})
	}
	h.show("none", arrived{})
	if len(events) != logBacklog {
		t.Errorf("%d events wait, want %d", len(events), logBacklog)
	}
}
