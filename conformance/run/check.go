package run

import (
	"context"
	"fmt"
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
	Engine   vector.Outcome
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
	Profiles []string           // of the engine
	Progress func(done, of int) // may be nil
}

// engineWorkers is how many vectors the engine runs at once. Most of the time
// of the slow ones is waiting.
const engineWorkers = 8

// Check runs vectors and returns the results, by vector and then by profile.
func (c *Checker) Check(ctx context.Context, vectors []*vector.Vector) []Result {
	results := make([]Result, len(vectors)*len(c.Profiles))
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
			for i, v := range vectors {
				o, err := alone(ctx, c.Server, b, v)
				r := &results[i*len(c.Profiles)+j]
				tally.lock(func() {
					r.Browser = &o
					if err != nil {
						r.Browser, r.Err = nil, err
					}
				})
			}
		})
	}
	c.engine(ctx, results, tally)
	all.Wait()
	return results
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
		next <- &results[i]
	}
	close(next)
	workers.Wait()
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
