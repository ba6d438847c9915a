package playground

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
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
