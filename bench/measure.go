package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	contestant contestant
	row        row
	lanes      []lane
	count      int // requests on each lane in a round
	result     result
}

// newTrial builds the contestant, finds how many requests fill a round, and
// counts allocations.
func newTrial(c contestant, r row, round time.Duration) *trial {
	t := &trial{contestant: c, row: r, count: 1}
	t.build()
	for {
		// The fastest of three, lest a pause be taken for work.
		elapsed := min(t.run(), t.run(), t.run())
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

// build makes the server and the lanes, and serves a request so that whatever is
// made once is made.
func (t *trial) build() {
	serve := t.contestant.build(t.row.config, nil)
	if t.row.parallel {
		t.lanes = lanesOnAllCores(serve, t.row)
	} else {
		t.lanes = []lane{serve(t.row.request)}
	}
	for _, l := range t.lanes {
		l.serve()
	}
}

// lanesOnAllCores makes each lane on a core of its own. Cores allocate from memory
// of their own, so no two lanes come to lie in one cache line, which writing into
// would slow both down, by chance with one contestant and not with another.
func lanesOnAllCores(serve server, r row) []lane {
	lanes := make([]lane, runtime.GOMAXPROCS(0))
	var running atomic.Int32
	var group sync.WaitGroup
	for i := range lanes {
		group.Go(func() {
			for running.Add(1); int(running.Load()) < len(lanes); {
				// As long as one is waiting here, the next one runs elsewhere.
			}
			lanes[i] = serve(r.request)
		})
	}
	group.Wait()
	return lanes
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

// roundsEach is how many rounds a contestant runs before it is built anew.
const roundsEach = 5

// measure times the trials against each other: in each round all of them run
// once, in a new order. Now and then they are built anew, since where in memory
// something comes to lie, and next to what, is luck. Of the rounds it keeps the
// half in which the machine was fastest for all of them together.
func measure(trials []*trial, rounds int) {
	for n := range rounds {
		for _, i := range rand.Perm(len(trials)) {
			t := trials[i]
			if n%roundsEach == 0 {
				t.build()
			}
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
