package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"slices"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
)

// knownExpectation refuses a reason that cannot come about.
func (c *check) knownExpectation() error {
	switch c.expect {
	case "", "allowed", "blocked":
		return nil
	}
	for _, t := range diagnose.Topics() {
		if slices.Contains(t.Reasons, browser.Reason(c.expect)) {
			return nil
		}
	}
	return usageError("--expect %q is neither allowed, blocked nor a reason such as preflight.method; docs/errors.md lists them", c.expect)
}

// met reports whether a fetch ended as expected.
func (c *check) met(v browser.Verdict) bool {
	switch c.expect {
	case "allowed":
		return v.Outcome == browser.OutcomeAllowed || v.Outcome == browser.OutcomeOpaque
	case "blocked":
		return v.Outcome == browser.OutcomeBlocked
	}
	return string(v.Reason) == c.expect
}

// judge compares the results with --expect.
func (c *check) judge(results []result) error {
	for _, r := range results {
		if !c.met(r.trace.Verdict) {
			return &failure{exitBlocked, fmt.Errorf("expected %s in profile %s, but it is %s", c.expect, r.trace.Profile, outcome(r.trace.Verdict))}
		}
	}
	return nil
}

func outcome(v browser.Verdict) string {
	if v.Reason == "" {
		return string(v.Outcome)
	}
	return string(v.Outcome) + ": " + string(v.Reason)
}

// The form that continuous integration of most kinds reads.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (c *check) writeJUnit(results []result) error {
	if c.junit == "" {
		return nil
	}
	suite := junitSuite{Name: "cors check", Tests: len(results)}
	for _, r := range results {
		t := r.trace
		one := junitCase{Class: "cors." + t.Profile, Name: render.Printable(fmt.Sprintf("%s %s from %s is %s", t.Method, t.URL, t.Origin, c.expect))}
		if !c.met(t.Verdict) {
			suite.Failures++
			var text bytes.Buffer
			if err := story(&text, r, render.TextOptions{}); err != nil {
				return err
			}
			one.Failure = &junitFailure{"it is " + outcome(t.Verdict), text.String()}
		}
		suite.Cases = append(suite.Cases, one)
	}
	document, err := xml.MarshalIndent(suite, "", "  ")
	if err == nil {
		err = os.WriteFile(c.junit, []byte(xml.Header+string(document)+"\n"), 0o644)
	}
	if err != nil {
		return usageError("cannot write %s: %v", c.junit, err)
	}
	return nil
}
