package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"crossorigin.dev/conformance/random"
	"crossorigin.dev/conformance/run"
	"crossorigin.dev/conformance/vector"
)

// enough is how many differences a hunt that goes on collects.
const enough = 40

func runRandom(ctx context.Context, o *options) (int, error) {
	stage, err := o.start(ctx)
	if err != nil {
		return exitTrouble, err
	}
	defer stage.close()
	found := 0
	for _, b := range stage.browsers {
		seen := map[string]bool{}
		started := time.Now()
		var done, unsteady int
		hunt := random.Hunt{
			Server: stage.server, Browser: b, Seed: o.seed,
			Found: func(v *vector.Vector, r run.Result) bool {
				key := shape(r)
				if seen[key] {
					return true
				}
				seen[key] = true
				found++
				o.report(v, r)
				return o.keep != "" && len(seen) < enough
			},
			Progress: func(n, odd int) {
				done, unsteady = n, odd
				o.say("%s: %d of %d scenarios, %d differences", b.Name(), n, o.n, len(seen))
			},
		}
		if err := hunt.Run(ctx, o.n); err != nil {
			return exitTrouble, err
		}
		fmt.Fprintf(o.stdout, "%s: %d scenarios of seed %d in %s, %d differences, %d that were steady alone\n",
			b.Version(), done, o.seed, time.Since(started).Round(time.Second), len(seen), unsteady)
	}
	if found > 0 {
		return exitDiffers, nil
	}
	return exitOK, nil
}

// shape is what two differences have in common that come from one cause, more
// often than not.
func shape(r run.Result) string {
	return fmt.Sprint(r.Engine.Script, r.Browser.Script, r.Engine.Reasons, r.Browser.Reasons,
		len(r.Engine.Requests) > len(r.Browser.Requests), r.Engine.Requests == r.Browser.Requests)
}

// report prints a difference as a vector ready to be added, and both sides.
func (o *options) report(v *vector.Vector, r run.Result) {
	v.Expect = vector.Expect{r.Profile: *r.Browser}
	summary := run.Summarize([]run.Result{r}, nil, nil, nil)
	fmt.Fprintf(o.stdout, "%s%s\n", summary.Differences(), v.Text())
	if o.keep == "" {
		return
	}
	f, err := vector.Read(o.keep)
	if errors.Is(err, os.ErrNotExist) {
		f, err = &vector.File{About: "Differences that random scenarios have shown."}, nil
	}
	if err == nil {
		f.Vectors = append(f.Vectors, *v)
		err = f.Write(o.keep)
	}
	if err != nil {
		o.say("conformance: %v", err)
	}
}
