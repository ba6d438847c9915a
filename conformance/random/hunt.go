package random

import (
	"context"
	"fmt"

	"crossorigin.dev/browser"
	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/run"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

// A Hunt looks for scenarios in which the engine and a browser differ.
type Hunt struct {
	Server  *scripted.Server
	Browser real.Browser
	Seed    uint64
	// Found is told of each difference, as small as it gets. The hunt ends if
	// it returns false.
	Found func(*vector.Vector, run.Result) bool
	// Progress is told how many scenarios have been run, and how many of them
	// differed only in the company of others.
	Progress func(done, unsteady int)
}

const (
	batchSize  = 25  // scenarios of one visit
	shrinkMost = 150 // runs to make one scenario smaller
)

// Run runs n scenarios.
func (h *Hunt) Run(ctx context.Context, n int) error {
	profile, ok := browser.ParseProfile(h.Browser.Name())
	if !ok {
		return fmt.Errorf("the engine has no profile %q", h.Browser.Name())
	}
	engine := run.NewEngine(h.Server)
	unsteady := 0
	for batch := 0; batch*batchSize < n; batch++ {
		vectors := Scenarios(h.Seed, batch, min(batchSize, n-batch*batchSize))
		suspects, err := h.suspects(ctx, engine, profile, vectors)
		if err != nil {
			return err
		}
		for _, v := range suspects {
			if r := h.alone(ctx, engine, profile, v); r.Err != nil {
				return r.Err
			} else if r.Agrees() {
				unsteady++
				continue
			}
			small := Shrink(v, shrinkMost, func(v *vector.Vector) bool {
				r := h.alone(ctx, engine, profile, v)
				return r.Err == nil && !r.Agrees()
			})
			r := h.alone(ctx, engine, profile, small)
			if r.Err != nil || r.Agrees() {
				unsteady++
			} else if !h.Found(small, r) {
				return ctx.Err()
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		h.Progress(batch*batchSize+len(vectors), unsteady)
	}
	return nil
}

// suspects runs a batch in one visit, and returns the scenarios that came out
// otherwise than in the engine: all of them if only the reasons did, which tell
// not whose they are.
func (h *Hunt) suspects(ctx context.Context, engine *run.Engine, profile browser.Profile, vectors []*vector.Vector) ([]*vector.Vector, error) {
	outcomes, reasons, err := run.Browser(ctx, h.Server, h.Browser, vectors)
	if err != nil {
		return nil, err
	}
	var suspects []*vector.Vector
	var predicted []string
	for i, v := range vectors {
		o, err := engine.Run(ctx, v, profile)
		if err != nil {
			return nil, err
		}
		predicted = append(predicted, o.Reasons...)
		o.Reasons, outcomes[i].Reasons = nil, nil
		if !run.Equal(o, outcomes[i]) {
			suspects = append(suspects, v)
		}
	}
	if len(suspects) == 0 && !run.SameReasons(predicted, reasons) {
		return vectors, nil
	}
	return suspects, nil
}

func (h *Hunt) alone(ctx context.Context, engine *run.Engine, profile browser.Profile, v *vector.Vector) run.Result {
	r := run.Result{Vector: v, Profile: h.Browser.Name()}
	r.Engine, r.Err = engine.Run(ctx, v, profile)
	if r.Err != nil {
		return r
	}
	outcomes, _, err := run.Browser(ctx, h.Server, h.Browser, []*vector.Vector{v})
	if err != nil {
		r.Err = err
		return r
	}
	r.Browser = &outcomes[0]
	return r
}
