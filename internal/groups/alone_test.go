package groups_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/groups"
)

// When one change makes the transaction of its group fail, the changes run one by one for a second and a half at most.
// The others go back to the front of the queue in their order, where their callers can give up.
func TestChangesRunOneByOneForALimitedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := make(chan struct{})
		var attempts []string
		g := groups.New(groups.Config[int]{
			OneQueue: true, Sizes: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sizes"}),
			Attempt: func(group []*groups.Work[int]) (int, error) {
				if group[0].Job == 0 {
					<-first // until all the others wait
					return 1, nil
				}
				if len(group) > 1 {
					attempts = append(attempts, fmt.Sprint(len(group), " together"))
					return 0, errors.New("one of them is at fault")
				}
				attempts = append(attempts, fmt.Sprint(group[0].Job))
				time.Sleep(time.Second)
				return 1, nil
			},
		})
		outcomes := make([]error, 6)
		var all sync.WaitGroup
		for i := range outcomes {
			ctx := context.Background()
			if i == len(outcomes)-1 { // its caller gives up while it waits
				limited, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
				defer cancel()
				ctx = limited
			}
			all.Go(func() { outcomes[i] = g.Do(&groups.Work[int]{Ctx: ctx, Key: "room", Job: i}) })
			synctest.Wait()
		}
		close(first)
		all.Wait()
		if got, want := fmt.Sprint(attempts), "[5 together 1 2 2 together 3 4]"; got != want {
			t.Errorf("attempts: %s\nwant %s", got, want)
		}
		want := "[<nil> <nil> <nil> <nil> <nil> context deadline exceeded]"
		if got := fmt.Sprint(outcomes); got != want {
			t.Errorf("outcomes: %s\nwant %s", got, want)
		}
	})
}
