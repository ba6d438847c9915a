package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"crossorigin.dev/browser"
	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

// A Result is what came of one vector for one profile.
type Result struct {
	Vector   *vector.Vector
	Profile  string
	Engine   vector.Outcome  // zero if the vector is beyond the engine
	Browser  *vector.Outcome // nil if no browser of that name ran
	Expected *vector.Outcome // nil if nothing is recorded
	Err      error           // the vector could not be run
}

// Agrees reports whether the engine does what the browser did; if no browser
// ran, what was recorded.
func (r *Result) Agrees() bool {
	switch {
	case r.Err != nil:
		return false
	case r.Browser != nil:
		return Equal(r.Engine, *r.Browser)
	}
	return r.Expected != nil && Equal(r.Engine, *r.Expected)
}

// Recorded reports whether the vector's expectation is what the browser did,
// and for a profile without a browser what the engine did.
func (r *Result) Recorded() bool {
	if r.Err != nil || r.Expected == nil {
		return false
	}
	if r.Browser != nil {
		return Equal(*r.Browser, *r.Expected)
	}
	return Equal(r.Engine, *r.Expected)
}

// A Checker runs vectors in the engine and in browsers.
type Checker struct {
	Server   *scripted.Server
	Browsers []real.Browser
	Profiles []string // of the engine
	// Alone runs every vector in a visit of its own. Else vectors that cannot
	// meet, for want of cookies, share a visit, and are run again
	// alone if one of them then is not as recorded.
	Alone    bool
	Progress func(done, of int) // may be nil
}

// engineWorkers is how many vectors the engine runs at once. Most of the time
// of the slow ones is waiting.
const engineWorkers = 8

// Check runs vectors and returns the results, by vector and then by profile.
func (c *Checker) Check(ctx context.Context, vectors []*vector.Vector) []Result {
	results := make([]Result, len(vectors)*len(c.Profiles))
	place := map[*vector.Vector]int{}
	for i, v := range vectors {
		place[v] = i
	}
	index := map[string]int{}
	for j, profile := range c.Profiles {
		index[profile] = j
		for i, v := range vectors {
			r := &results[i*len(c.Profiles)+j]
			r.Vector, r.Profile = v, profile
			if o, ok := v.Expect[profile]; ok {
				r.Expected = &o
			}
		}
	}
	tally := &tally{report: c.Progress, of: len(results) + len(vectors)*len(c.Browsers)}
	var all sync.WaitGroup
	for _, b := range c.Browsers {
		j, ok := index[b.Name()]
		if !ok {
			continue
		}
		all.Go(func() {
			for _, batch := range c.batches(vectors) {
				outcomes := c.together(ctx, b, batch)
				for k, v := range batch {
					r := &results[place[v]*len(c.Profiles)+j]
					var o vector.Outcome
					var err error
					if outcomes != nil {
						o = outcomes[k]
					} else {
						o, err = settled(r.Expected, func() (vector.Outcome, error) { return alone(ctx, c.Server, b, v) })
					}
					tally.lock(func() {
						r.Browser = &o
						if err != nil {
							r.Browser, r.Err = nil, err
						}
					})
				}
			}
		})
	}
	c.engine(ctx, results, tally)
	all.Wait()
	return results
}

// batchSize is how many vectors share a visit.
const batchSize = 12

// batches parts vectors into those that share a visit.
func (c *Checker) batches(vectors []*vector.Vector) [][]*vector.Vector {
	var batches [][]*vector.Vector
	open := map[vector.Page]int{}
	for _, v := range vectors {
		if c.Alone || !sociable(v) {
			batches = append(batches, []*vector.Vector{v})
			continue
		}
		i, ok := open[v.Page]
		if !ok || len(batches[i]) == batchSize {
			i = len(batches)
			batches = append(batches, nil)
			open[v.Page] = i
		}
		batches[i] = append(batches[i], v)
	}
	return batches
}

// sociable reports whether a vector neither leaves anything to others nor keeps
// them waiting.
func sociable(v *vector.Vector) bool {
	for _, r := range v.Servers {
		for _, text := range slices.Concat(r.Preflight, r.Answer) {
			a, err := vector.ParseAnswer(text)
			lower := strings.ToLower(text)
			if err != nil || a.Hang || a.Stall || a.Delay > 0 || a.Cut >= 0 || a.Drop || a.Status < 200 ||
				strings.Contains(lower, "set-cookie") || strings.Contains(lower, "www-authenticate") || strings.Contains(lower, "clear-site-data") {
				return false
			}
		}
	}
	return !slices.ContainsFunc(v.Steps, func(s vector.Step) bool {
		return s.Kind == vector.KindPause || s.Parallel || s.Keepalive || s.Body != nil && s.Body.Times > 1000
	})
}

// Quick reports whether a vector ends soon in every browser: it neither pauses
// nor leaves anything pending.
func Quick(v *vector.Vector) bool {
	for _, o := range v.Expect {
		if slices.ContainsFunc(o.Script, func(line string) bool { return strings.Contains(line, "pending") }) {
			return false
		}
	}
	return !slices.ContainsFunc(v.Steps, func(s vector.Step) bool { return s.Pause > 500 })
}

// together runs vectors in one visit. It returns nil if they have to be run
// alone, to see what each does: one of them was not as recorded.
func (c *Checker) together(ctx context.Context, b real.Browser, vectors []*vector.Vector) []vector.Outcome {
	if len(vectors) == 1 {
		return nil
	}
	outcomes, reasons, err := Browser(ctx, c.Server, b, vectors)
	if err != nil {
		return nil
	}
	var recorded []string
	for i, v := range vectors {
		o, ok := v.Expect[b.Name()]
		if !ok {
			return nil
		}
		recorded = append(recorded, o.Reasons...)
		outcomes[i].Reasons = o.Reasons
		if !Equal(o, outcomes[i]) {
			return nil
		}
	}
	if !SameReasons(recorded, reasons) {
		return nil
	}
	return outcomes
}

func (c *Checker) engine(ctx context.Context, results []Result, tally *tally) {
	engine := NewEngine(c.Server)
	next := make(chan *Result)
	var workers sync.WaitGroup
	for range engineWorkers {
		workers.Go(func() {
			for r := range next {
				profile, ok := browser.ParseProfile(r.Profile)
				var o vector.Outcome
				err := fmt.Errorf("the engine has no profile %q", r.Profile)
				if ok {
					o, err = engine.Run(ctx, r.Vector, profile)
				}
				tally.lock(func() {
					r.Engine = o
					if err != nil {
						r.Err = err
					}
				})
			}
		})
	}
	for i := range results {
		if results[i].Vector.Beyond != "" {
			tally.lock(func() {})
			continue
		}
		next <- &results[i]
	}
	close(next)
	workers.Wait()
}

// settled is what comes of a vector in a browser. What is not as recorded is run
// until two runs are alike, four times at most: a browser may be late with what it
// says of a request, and so differ once.
func settled(recorded *vector.Outcome, run func() (vector.Outcome, error)) (vector.Outcome, error) {
	var seen []vector.Outcome
	if recorded != nil {
		seen = append(seen, *recorded)
	}
	for tries := 1; ; tries++ {
		o, err := run()
		known := slices.ContainsFunc(seen, func(before vector.Outcome) bool { return Equal(o, before) })
		if err != nil || known || tries == 4 {
			return o, err
		}
		seen = append(seen, o)
	}
}

// alone runs one vector in a visit of its own, and once more if the browser
// could not be asked at all.
func alone(ctx context.Context, server *scripted.Server, b real.Browser, v *vector.Vector) (vector.Outcome, error) {
	outcomes, _, err := Browser(ctx, server, b, []*vector.Vector{v})
	if err != nil && ctx.Err() == nil {
		outcomes, _, err = Browser(ctx, server, b, []*vector.Vector{v})
	}
	if err != nil {
		return vector.Outcome{}, err
	}
	return outcomes[0], nil
}

// A tally guards the results, and counts them.
type tally struct {
	mu       sync.Mutex
	done, of int
	report   func(done, of int)
}

func (t *tally) lock(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	t.done++
	if t.report != nil {
		t.report(t.done, t.of)
	}
}
