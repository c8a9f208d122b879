// Package check compares the program with bare peers in one run, and fails if a ratio is twice as bad as it was when it
// was written down. Other load on the machine slows both sides, so the ratios hold on most machines. The margin is wide
// because they still vary.
package check

import (
	"context"
	"fmt"
	"io"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/likes"
	"antwon.dj/backend/cmd/antwon-bench/realtime"
)

// ratio is one figure of the program divided by the same figure of a bare peer.
type ratio struct {
	name   string
	was    float64 // when this was written
	higher bool    // higher is better
}

const margin = 2

func (r ratio) limit() float64 {
	if r.higher {
		return r.was / margin
	}
	return r.was * margin
}

func (r ratio) holds(got float64) bool {
	if r.higher {
		return got >= r.limit()
	}
	return got <= r.limit()
}

// comparison measures several ratios at once.
type comparison struct {
	ratios  []ratio
	measure func(context.Context) ([]float64, error)
}

// attempts is how often a comparison is made at most: another program may disturb the first ones.
const attempts = 3

// Run prints a table of all ratios, and returns an error if one does not hold.
func Run(ctx context.Context, out io.Writer) error {
	begin := time.Now()
	crowd, err := realtime.NewComparison(ctx, manyRooms)
	if err != nil {
		return err
	}
	defer crowd.Close()
	fmt.Fprintf(out, "%-80s %8s %8s %8s\n", "antwon compared with a bare peer", "then", "now", "limit")
	broken := 0
	for _, c := range comparisons(crowd) {
		n, err := c.run(ctx, out)
		if err != nil {
			return err
		}
		broken += n
	}
	fmt.Fprintf(out, "in %v\n", time.Since(begin).Round(time.Second))
	if broken > 0 {
		return fmt.Errorf("%d ratios are more than %d times as bad as they were", broken, margin)
	}
	return nil
}

// run prints the ratios of the first attempt in which all hold, or of the last one. It returns how many do not hold.
func (c comparison) run(ctx context.Context, out io.Writer) (broken int, err error) {
	var got []float64
	for range attempts {
		if got, err = c.measure(ctx); err != nil {
			return 0, err
		}
		broken = 0
		for i, r := range c.ratios {
			if !r.holds(got[i]) {
				broken++
			}
		}
		if broken == 0 {
			break
		}
	}
	for i, r := range c.ratios {
		verdict := ""
		if !r.holds(got[i]) {
			verdict = "  BROKEN"
		}
		fmt.Fprintf(out, "%-80s %7.2f× %7.2f× %7.2f×%s\n", r.name, r.was, got[i], r.limit(), verdict)
	}
	return broken, nil
}

// manyRooms is how many rooms there are in the comparison with many of them.
const manyRooms = 20

func comparisons(crowd *realtime.Comparison) []comparison {
	return []comparison{
		{[]ratio{
			{"1,000 screens of one room: deliveries per second / gorilla alone", 1, true},
			{"1,000 screens of one room: processor time of a delivery / gorilla alone", 1, false},
			{"1,000 screens of one room: memory of an idle subscriber / gorilla alone", 0.2, false},
		}, func(ctx context.Context) ([]float64, error) {
			t, err := crowd.TimesBare(ctx, 1, 1000, realtime.Changes)
			return []float64{t.Deliveries, t.CPU, t.Memory}, err
		}},
		{[]ratio{
			{"50 screens in each of 20 rooms, whole queues: processor time / gorilla alone", 1.1, false},
		}, func(ctx context.Context) ([]float64, error) {
			t, err := crowd.TimesBare(ctx, manyRooms, 50, realtime.WholeQueue)
			return []float64{t.CPU}, err
		}},
		{[]ratio{{"one caller on SQLite: processor time of a like / bare SQL", 1.7, false}}, likesOf(1)},
		{[]ratio{{"64 callers on SQLite: processor time of a like / bare SQL", 0.4, false}}, likesOf(64)},
	}
}

const likesFor = 2 * time.Second

// likesOf compares likes of one room with bare SQL, in a database in memory. On a disk, how much sharing saves depends
// on how long it takes to commit.
func likesOf(callers int) func(context.Context) ([]float64, error) {
	return func(ctx context.Context) ([]float64, error) {
		url, drop, err := fixture.CreateInMemory()
		if err != nil {
			return nil, err
		}
		defer drop()
		times, err := likes.TimesBare(ctx, url, callers, likesFor)
		return []float64{times}, err
	}
}
