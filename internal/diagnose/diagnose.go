// Package diagnose says what is wrong with a fetch and what to change, given
// its [browser.Trace]: the cause in a sentence with the page's own values in
// it, the header lines the server must send or what the page must change, and
// the same as configuration of the server's software.
//
// It never decides whether a browser allows something; that is the Trace's to
// say. What it adds is the reason behind the reason: a response without
// Access-Control-Allow-Origin may be a route without CORS, an error page that
// went round the middleware, or a login that caught the preflight, and each is
// mended elsewhere.
//
// Each situation it knows has a file of its own, named after its code.
package diagnose

import (
	"slices"

	"crossorigin.dev/browser"
)

// Version is the version of the JSON form of a Diagnosis. It changes when a
// field changes its name or meaning, not when one is added.
const Version = 1

// A Diagnosis is all that is wrong with one fetch.
type Diagnosis struct {
	Version int `json:"version"`
	// Problems are what the browser stops at and then, in order, what would
	// stop it next if what comes before were mended. Empty if the script got
	// what it asked for.
	Problems []Problem `json:"problems"`
	// Advice is what stops nothing but may well not be what was meant: a header
	// that the script cannot see, a cookie that was not stored.
	Advice []Problem `json:"advice"`
	// Unseen says what the trace cannot show, since the fetch ended before it.
	Unseen string `json:"unseen,omitempty"`
	// Stack is the server's software, as asked for or as its headers show it;
	// empty if unknown.
	Stack Stack `json:"stack,omitempty"`
	// StackSign is the header that gave the Stack away; empty if it was asked for.
	StackSign string `json:"stackSign,omitempty"`
	// Config is configuration of that Stack that mends everything of Problems
	// that lies with the server; empty if the Stack is unknown or nothing does.
	Config string `json:"config,omitempty"`
	// ConfigNote says where the Config goes, or what to look out for.
	ConfigNote string `json:"configNote,omitempty"`
}

// A Problem is one thing that is wrong.
type Problem struct {
	Number   int            `json:"number"`           // of the situation
	Code     string         `json:"code"`             // of the situation, as "preflight-login"
	Title    string         `json:"title"`            // of the situation, in a few words
	Reason   browser.Reason `json:"reason,omitempty"` // the engine's, empty for advice
	Cause    string         `json:"cause"`            // one plain sentence
	Evidence []Evidence     `json:"evidence"`
	Fix      Fix            `json:"fix"`
	Warnings []string       `json:"warnings"` // where the fix that comes to mind is dangerous
	Docs     string         `json:"docs"`     // the section of the documentation

	mends []mend // the Fix as it applies to recorded answers
}

// Evidence is one thing in the trace that shows the problem.
type Evidence struct {
	Exchange string `json:"exchange"` // "OPTIONS https://api.example/", with what it was
	Shows    string `json:"shows"`    // a header field, a status, or that one is absent
}

// A Side is who can mend a problem.
type Side string

const (
	SideServer  Side = "server"  // what answers the URL
	SidePage    Side = "page"    // the script, or how its page is served
	SideUser    Side = "user"    // the permission or the extension is the user's
	SideNetwork Side = "network" // no server was reached
)

// A Fix is what to change.
type Fix struct {
	Side Side   `json:"side"`
	Do   string `json:"do"` // one sentence
	// Answer is the one that must have the Lines; empty if they are none of an
	// answer's.
	Answer string `json:"answer,omitempty"`
	// Lines are exact: the status and header fields that the answer must
	// have, or the call that the script must make.
	Lines []string `json:"lines"`
}

// Options says what a Diagnosis is made for.
type Options struct {
	Stack Stack // the server's software; empty: as its headers show
}

// mostProblems bounds the search for what would fail next.
const mostProblems = 8

// Of diagnoses a fetch.
func Of(t *browser.Trace, o Options) Diagnosis {
	d := Diagnosis{Version: Version, Problems: []Problem{}, Advice: []Problem{}}
	d.Stack, d.StackSign = o.Stack, ""
	if d.Stack == "" {
		d.Stack, d.StackSign = detect(t)
	}
	var mends []mend
	for next := t; next != nil && len(d.Problems) < mostProblems; {
		p, ok := problem(next)
		if !ok || slices.ContainsFunc(d.Problems, func(q Problem) bool { return q.Code == p.Code && q.Cause == p.Cause }) {
			break
		}
		d.Problems = append(d.Problems, p)
		if len(p.mends) == 0 {
			break
		}
		mends = append(mends, p.mends...)
		next, d.Unseen = replay(t, mends)
	}
	if len(d.Problems) == 0 {
		d.Advice = advice(t)
	}
	d.configure(t)
	return d
}

// problem returns what a trace ended in, if that is a failure or as good as
// one.
func problem(t *browser.Trace) (Problem, bool) {
	f := factsOf(t)
	for _, s := range situations {
		if s.match != nil && s.match(f) {
			return s.describe(f), true
		}
	}
	return Problem{}, false
}

// advice returns what is worth knowing of a fetch that succeeded.
func advice(t *browser.Trace) []Problem {
	f := factsOf(t)
	all := []Problem{}
	for _, s := range situations {
		if s.advise != nil && s.advise(f) {
			all = append(all, s.describe(f))
		}
	}
	return all
}

// configure adds the configuration of the server's software.
func (d *Diagnosis) configure(t *browser.Trace) {
	s := stackNamed(d.Stack)
	if s == nil || t.Origin == "null" { // which no configuration should allow
		return
	}
	all := d.Problems
	if len(all) == 0 {
		all = d.Advice
	}
	at := slices.IndexFunc(all, func(p Problem) bool { return p.Fix.Side == SideServer && situationByCode(p.Code).config != configNone })
	if at < 0 {
		return
	}
	first := situationByCode(all[at].Code)
	if first.config == configOnce {
		d.Config = s.once
	} else {
		d.Config = s.grant(grantFor(t))
	}
	d.ConfigNote = s.notes[first.code]
	if d.ConfigNote == "" {
		d.ConfigNote = s.where
	}
}
