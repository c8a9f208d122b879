// Package stats times work, and condenses durations into the rates, medians and quantiles that antwon-bench prints.
package stats

import (
	"context"
	"slices"
	"time"
)

// Rate runs work from the given number of concurrent callers for at least the given duration and returns how many calls
// per second were completed. work receives the index of its caller and how many calls that caller has made before. Each
// caller makes an even number of calls, so that work that likes and unlikes alternately ends with every like taken
// back.
//
// After an error its caller stops; the others continue until the duration is over, and then Rate returns one of the
// errors.
func Rate(
	ctx context.Context, callers int, duration time.Duration, work func(ctx context.Context, caller, n int) error,
) (perSecond float64, err error) {
	errs := make(chan error, callers)
	counts := make(chan int, callers)
	begin := time.Now()
	for caller := range callers {
		go func() {
			n := 0
			for ; time.Since(begin) < duration || n%2 != 0; n++ {
				if err := work(ctx, caller, n); err != nil {
					errs <- err
					break
				}
			}
			counts <- n
		}()
	}
	total := 0
	for range callers {
		total += <-counts
	}
	took := time.Since(begin)
	select {
	case err := <-errs:
		return 0, err
	default:
		return float64(total) / took.Seconds(), nil
	}
}

// Timed is work for Rate that notes how long each call took.
type Timed struct {
	work func(ctx context.Context, caller, n int) error
	took [][]time.Duration // by caller, so that callers need no lock
}

// NewTimed returns work that can be run from the given number of callers.
func NewTimed(callers int, work func(ctx context.Context, caller, n int) error) *Timed {
	return &Timed{work: work, took: make([][]time.Duration, callers)}
}

// Work runs the work.
func (t *Timed) Work(ctx context.Context, caller, n int) error {
	begin := time.Now()
	err := t.work(ctx, caller, n)
	t.took[caller] = append(t.took[caller], time.Since(begin))
	return err
}

// All returns how long each call took. No caller may be working.
func (t *Timed) All() []time.Duration { return slices.Concat(t.took...) }

// MedianTime runs work n times and returns the median of the times it took, in whole microseconds.
func MedianTime(n int, work func() error) (time.Duration, error) {
	var took []time.Duration
	for range n {
		begin := time.Now()
		if err := work(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin).Round(time.Microsecond))
	}
	return Quantile(took, 50), nil
}

// Quantile sorts all and returns the value below which the given percentage of them lie: the greatest value if there
// are too few to tell, and 0 if there are none.
func Quantile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)*percent/100, len(all)-1)]
}

// Microseconds returns d as a number of microseconds.
func Microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
