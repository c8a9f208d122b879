package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/live"
)

var errDown = errors.New("database is down")

// state is the state of a topic in these tests. It is immutable, like every state.
type state struct {
	topic   string
	version int64
	users   []string // the users affected by the changes since the state before
	all     bool     // those changes affect everybody
}

func (s *state) StateVersion() int64 { return s.version }

// source is a database in memory that can be slow, down and out of date, and that records its calls.
type source struct {
	mu            sync.Mutex
	versions      map[string]int64
	loads         map[string][]time.Time // when each load of a topic began
	running       int                    // loads that have not returned
	versionCalls  int                    // calls of Versions
	err           error                  // returned by every call
	delay         time.Duration          // between reading a version and returning it
	versionsDelay time.Duration          // the same for Versions
	ignoresCtx    bool                   // the delay does not end with the context
	missed        []string               // descriptions of affected users that a load was not told
	lag           int64                  // by how many versions loads return an older state
}

func newSource() *source {
	return &source{versions: map[string]int64{"a": 1, "b": 1}, loads: map[string][]time.Time{}}
}

func (s *source) Load(ctx context.Context, topic string, have *state, affected live.AffectedUsers) (*state, error) {
	version, delay, err := s.begin(topic)
	defer s.end()
	if s.ignoresCtx {
		time.Sleep(delay)
	} else {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	switch {
	case err != nil:
		return nil, err
	case have != nil && have.topic != topic:
		return nil, errors.New("have is another topic's state")
	case have != nil && have.version == version:
		return have, nil
	}
	return s.load(have, topic, version, affected), nil
}

// load returns a state, and records the affected users that affected does not name.
func (s *source) load(have *state, topic string, version int64, affected live.AffectedUsers) *state {
	next := &state{topic: topic, version: version}
	if have == nil {
		return next
	}
	next.users, next.all, _ = affected(have.version, version)
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := have.version + 1; v <= version && !next.all; v++ {
		if user := userOf(v); !slices.Contains(next.users, user) {
			s.missed = append(s.missed,
				fmt.Sprintf("version %d of %s affects %s, but the load was told %v", v, topic, user, next.users))
		}
	}
	return next
}

// userOf returns the user affected by a version.
func userOf(version int64) string { return fmt.Sprintf("user%d", version%7) }

func (s *source) begin(topic string) (int64, time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running++
	s.loads[topic] = append(s.loads[topic], time.Now())
	return s.versions[topic] - s.lag, s.delay, s.err
}

func (s *source) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}

func (s *source) Versions(ctx context.Context, topics []string) (map[string]int64, error) {
	present, delay, err := s.readVersions(topics)
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return present, err
}

func (s *source) readVersions(topics []string) (present map[string]int64, delay time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versionCalls++
	present = make(map[string]int64)
	for _, topic := range topics {
		if version, ok := s.versions[topic]; ok {
			present[topic] = version
		}
	}
	return present, s.versionsDelay, s.err
}

// set changes the source's behaviour.
func (s *source) set(change func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// commit creates the next version of the topic and returns its hint, which it does not publish.
func (s *source) commit(topic string) live.Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions[topic]++
	version := s.versions[topic]
	return live.Hint{Topic: topic, Since: version - 1, Version: version, Users: []string{userOf(version)}}
}

// loaded returns when the topic's loads began, once no goroutine has anything to do at the present fake time.
func (s *source) loaded(topic string) []time.Time {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.loads[topic])
}

// world is a hub, its bus and its source in a synctest bubble, where time passes only while all goroutines wait.
type world struct {
	*testing.T
	source *source
	bus    *live.LocalBus
	hub    *live.Hub[*state]
	log    *strings.Builder
}

const (
	interval  = 50 * time.Millisecond
	reconcile = 5 * time.Second
	linger    = 3 * time.Second
)

// inWorld runs a test in a world of its own. It then closes the hub; the test fails if a goroutine is still running.
func inWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, source: newSource(), bus: live.NewLocalBus(), log: &strings.Builder{}}
		w.hub = live.NewHub(w.bus, w.source, live.Options{
			Interval: interval, Reconcile: reconcile, Linger: linger,
			Log: slog.New(slog.NewTextHandler(w.log, nil)),
		})
		defer w.hub.Close()
		test(t, w)
	})
}

// change commits the next version of the topic and publishes its hint.
func (w *world) change(topic string) { w.bus.Publish(w.source.commit(topic)) }

func (w *world) watch(topic string) *live.Watcher[*state] {
	w.Helper()
	watcher, err := w.hub.Watch(w.Context(), topic)
	if err != nil {
		w.Fatalf("Watch(%s): %v", topic, err)
	}
	return watcher
}

// wantNext fails unless Next returns that version. It returns how long Next took.
func (w *world) wantNext(watcher *live.Watcher[*state], version int64) time.Duration {
	w.Helper()
	start := time.Now()
	s, err := watcher.Next(w.Context())
	if err != nil || s.version != version {
		w.Fatalf("Next: got %v, %v, want version %d", s, err, version)
	}
	return time.Since(start)
}

// wantQuiet fails if Next returns a state within d.
func (w *world) wantQuiet(watcher *live.Watcher[*state], d time.Duration) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), d)
	defer cancel()
	if s, err := watcher.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		w.Fatalf("Next: got %v, %v, want nothing within %v", s, err, d)
	}
}

// wantLoads fails unless the topic was loaded that many times since the test began.
func (w *world) wantLoads(topic string, want int) {
	w.Helper()
	if got := len(w.source.loaded(topic)); got != want {
		w.Fatalf("%d loads of %s, want %d", got, topic, want)
	}
}

// wantVersionCalls fails unless Versions was called that many times since the test began.
func (w *world) wantVersionCalls(want int) {
	w.Helper()
	synctest.Wait()
	w.source.mu.Lock()
	defer w.source.mu.Unlock()
	if got := w.source.versionCalls; got != want {
		w.Fatalf("%d calls of Versions, want %d", got, want)
	}
}
