package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A series has a value for each round, of contestants that ran in the same
// rounds. Others who use the machine slow it down for tens of milliseconds at a
// time, by up to the half, and so for everyone in a round: what two contestants
// took is compared round by round.
type series []float64

func (s series) over(t series) series {
	return s.with(t, func(a, b float64) float64 { return a / b })
}

func (s series) minus(t series) series {
	return s.with(t, func(a, b float64) float64 { return a - b })
}

func (s series) with(t series, f func(a, b float64) float64) series {
	result := make(series, len(s))
	for i := range s {
		result[i] = f(s[i], t[i])
	}
	return result
}

// An estimate is the median of a series with its interval as benchstat gives it:
// that of order statistics with at least 95 % confidence, if there are six
// values or more.
type estimate struct{ low, median, high float64 }

func (s series) estimate() estimate {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	unit := math.Pow(0.5, float64(n))
	outside := 0            // values left out at either end
	miss, ways := unit, 1.0 // the chance that at most that many are below the true median
	for {
		ways *= float64(n-outside) / float64(outside+1)
		if miss += ways * unit; miss > 0.025 {
			break
		}
		outside++
	}
	return estimate{
		low:    sorted[outside],
		median: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		high:   sorted[n-1-outside],
	}
}

// spread is how far the interval reaches from the median, as a part of it.
func (e estimate) spread() float64 { return max(e.high-e.median, e.median-e.low) / e.median }

// A result is what one contestant took in one row.
type result struct {
	ns     series  // per request
	allocs float64 // per request
}

// A trial is a contestant on its lanes in one row.
type trial struct {
	lanes  []lane
	count  int // requests on each lane in a round
	result result
}

// newTrial makes the lanes, finds how many requests fill a round, and counts
// allocations.
func newTrial(c contestant, r row, round time.Duration) *trial {
	t := &trial{count: 1}
	serve := c.build(r.config, nil)
	t.lanes = append(t.lanes, serve(r.request))
	if r.parallel {
		for len(t.lanes) < runtime.GOMAXPROCS(0) {
			t.lanes = append(t.lanes, serve(r.request))
		}
	}
	t.run() // whatever is made once is made here
	for {
		elapsed := t.run()
		if elapsed >= round/2 {
			t.count = max(1, int(float64(t.count)*float64(round)/float64(elapsed)))
			break
		}
		t.count *= 2
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	t.run()
	runtime.ReadMemStats(&after)
	t.result.allocs = math.Round(float64(after.Mallocs-before.Mallocs) / float64(t.count*len(t.lanes)))
	return t
}

// run serves count requests on every lane, and tells how long it took.
func (t *trial) run() time.Duration {
	if len(t.lanes) == 1 {
		start := time.Now()
		for range t.count {
			t.lanes[0].serve()
		}
		return time.Since(start)
	}
	var group sync.WaitGroup
	start := time.Now()
	for _, l := range t.lanes {
		group.Go(func() {
			for range t.count {
				l.serve()
			}
		})
	}
	group.Wait()
	return time.Since(start)
}

// measure times the trials against each other: in each round all of them run
// once, in a new order. Of the rounds it keeps the half in which the machine was
// fastest for all of them together.
func measure(trials []*trial, rounds int) {
	for range rounds {
		for _, i := range rand.Perm(len(trials)) {
			t := trials[i]
			elapsed := t.run()
			t.result.ns = append(t.result.ns, float64(elapsed.Nanoseconds())/float64(t.count*len(t.lanes)))
		}
	}
	slowness := make(series, rounds)
	for _, t := range trials {
		median := t.result.ns.estimate().median
		for i, ns := range t.result.ns {
			slowness[i] += math.Log(ns / median)
		}
	}
	order := make([]int, rounds)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(slowness[i], slowness[j]) })
	for _, t := range trials {
		var kept series
		for _, i := range order[:(rounds+1)/2] {
			kept = append(kept, t.result.ns[i])
		}
		t.result.ns = kept
	}
}
