package sockets

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// alarm notes when it was called.
type alarm struct {
	Deadline
	rang []time.Duration
	from time.Time
}

func (a *alarm) OnDeadline() { a.rang = append(a.rang, time.Since(a.from)) }

func TestDeadlinesAreMetExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all Deadlines
		alarms, want := make([]*alarm, 1000), make([]time.Duration, 1000)
		from := time.Now()
		for i := range alarms {
			alarms[i] = &alarm{from: from}
			alarms[i].Call = alarms[i]
			all.Set(&alarms[i].Deadline, from.Add(rand.N(time.Minute)))
			if i%3 == 0 { // the first of its times is replaced
				want[i] = rand.N(time.Minute)
				all.Set(&alarms[i].Deadline, from.Add(want[i]))
			}
			if want[i] == 0 {
				want[i] = alarms[i].at.Sub(from)
			}
		}
		for i := 1; i < len(alarms); i += 10 {
			all.Stop(&alarms[i].Deadline)
			want[i] = 0
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for i, a := range alarms {
			if stopped := want[i] == 0; stopped && len(a.rang) > 0 || !stopped && (len(a.rang) != 1 || a.rang[0] != want[i]) {
				t.Errorf("%d was called after %v, want %v", i, a.rang, want[i])
			}
		}
		if len(all.queue) > 0 {
			t.Errorf("%d deadlines are left", len(all.queue))
		}
	})
}

func TestDeadlineIsMetAfterOthersWereStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all Deadlines
		first, second := &alarm{from: time.Now()}, &alarm{from: time.Now()}
		first.Call, second.Call = first, second
		all.Set(&first.Deadline, time.Now().Add(time.Second))
		all.Stop(&first.Deadline)
		time.Sleep(2 * time.Second)
		all.Set(&second.Deadline, time.Now().Add(time.Second))
		time.Sleep(time.Second)
		synctest.Wait()
		if len(first.rang) > 0 || len(second.rang) != 1 || second.rang[0] != 3*time.Second {
			t.Errorf("called after %v and %v", first.rang, second.rang)
		}
	})
}
