package spotify_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// as returns the context of a request of a user.
func as(t *testing.T, userID string) context.Context {
	return account.WithViewer(t.Context(), account.Viewer{UserID: userID})
}

// searcher is a user who searches for something else each time.
type searcher struct {
	w        *world
	ctx      context.Context
	room     string
	name     string
	sent     int
	ok       int
	refused  int
	waited   time.Duration // at most
	strayed  error         // the last error other than RATE_LIMITED
	hintless int           // refusals that do not say when to try again
}

func (s *searcher) search() {
	s.sent++
	began := time.Now()
	_, _, err := s.w.Search(s.ctx, s.room, fmt.Sprint(s.name, " ", s.sent), 5, 0)
	s.waited = max(s.waited, time.Since(began))
	e, limited := err.(*party.Error) //nolint:errorlint // the client returns it as it is
	switch {
	case err == nil:
		s.ok++
	case limited && e.Code == party.RateLimited:
		s.refused++
		if e.RetryAfter <= 0 || e.RetryAfter > 30*time.Second {
			s.hintless++
		}
	default:
		s.strayed = err
	}
}

// until searches again and again, with a pause in between, until a moment.
func (s *searcher) until(end time.Time, pause time.Duration) {
	for time.Now().Before(end) {
		s.search()
		time.Sleep(pause)
	}
}

// rooms gives a world more hosts, and returns a function that makes searchers.
func rooms(t *testing.T, w *world, n int) func(room int, name string) *searcher {
	t.Helper()
	ids := []string{host}
	for i := 1; i < n; i++ {
		id := fmt.Sprint("host", i)
		w.connect(t, id, w.account(t).RefreshToken)
		ids = append(ids, id)
	}
	return func(room int, name string) *searcher {
		return &searcher{w: w, ctx: as(t, name), room: ids[room], name: name}
	}
}

// A guest who searches as fast as they can does not affect other rooms: a guest who searches there now and then gets
// every answer, at once or within two seconds. Another guest of the same room gets answers, too, and each refusal says
// when to try again.
func TestGreedySearcherStarvesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := rooms(t, w, 4)
		end := time.Now().Add(3 * time.Minute)
		greedy, beside := in(0, "greedy"), in(0, "beside")
		others := []*searcher{in(1, "ana"), in(2, "ben"), in(3, "cem")}
		var all sync.WaitGroup
		all.Go(func() { greedy.until(end, 50*time.Millisecond) })
		time.Sleep(20 * time.Second) // the greedy one has the whole budget for as long
		all.Go(func() { beside.until(end, 12*time.Second) })
		for _, other := range others {
			all.Go(func() { other.until(end, 10*time.Second) })
		}
		all.Wait()
		for _, s := range append(others, beside) {
			t.Logf("%s: %d of %d searches answered, the longest wait was %v", s.name, s.ok, s.sent, s.waited)
			if s.ok != s.sent || s.waited > 2*time.Second {
				t.Errorf("%s got %d of %d answers within %v: %v", s.name, s.ok, s.sent, s.waited, s.strayed)
			}
		}
		t.Logf("greedy: %d of %d searches answered", greedy.ok, greedy.sent)
		if greedy.ok < 60 || greedy.refused < 100 || greedy.hintless > 0 || greedy.strayed != nil {
			t.Errorf("the greedy one got %d answers and %d refusals, %d of them without a time, and %v",
				greedy.ok, greedy.refused, greedy.hintless, greedy.strayed)
		}
	})
}

// However many rooms are greedy, all get about the same, and a room that comes later gets its first answer within two
// seconds.
func TestGreedyRoomsShareEqually(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		in := rooms(t, w, 6)
		end := time.Now().Add(2 * time.Minute)
		var all sync.WaitGroup
		var greedy []*searcher
		for room := range 5 {
			for guest := range 3 {
				s := in(room, strings.Repeat("x", guest+1)+fmt.Sprint(room))
				greedy = append(greedy, s)
				all.Go(func() { s.until(end, 70*time.Millisecond) })
			}
		}
		late := in(5, "late")
		time.Sleep(45 * time.Second)
		late.search()
		if late.ok != 1 || late.waited > 2*time.Second {
			t.Errorf("the late room waited %v: %v", late.waited, late.strayed)
		}
		all.Wait()
		answers := make([]int, 5)
		for i, s := range greedy {
			answers[i/3] += s.ok
		}
		t.Logf("answers by room: %v", answers)
		for _, n := range answers {
			if n < 20 || n > 45 { // of 160 in two minutes
				t.Errorf("the rooms got %v answers", answers)
				break
			}
		}
	})
}
