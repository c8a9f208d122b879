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

// state is what the tests watch. It is immutable, like every state.
type state struct {
	topic   string
	version int64
	users   []string // whom the changes since the state before concern
	all     bool
}

func (s *state) StateVersion() int64 { return s.version }

// source is a database in memory that can be slow, down and out of date, and remembers when it was asked.
type source struct {
	mu       sync.Mutex
	versions map[string]int64
	loads    map[string][]time.Time // when each load of a topic began
	running  int                    // loads that have not returned
	asked    int                    // calls of Versions
	err      error                  // every call fails
	delay    time.Duration          // between reading a version and returning it
	stubborn bool                   // the delay does not end with the context
	missed   []string               // changes of which a load was told less than whom they concern
	lag      int64                  // loads return a state that many versions older
}

func newSource() *source {
	return &source{versions: map[string]int64{"a": 1, "b": 1}, loads: map[string][]time.Time{}}
}

func (s *source) Load(ctx context.Context, topic string, have *state, touched live.AffectedUsers) (*state, error) {
	version, delay, err := s.begin(topic)
	defer s.end()
	if s.stubborn {
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
	return s.load(have, topic, version, touched), nil
}

// load makes a state, and notes whom it should have been told about and was not.
func (s *source) load(have *state, topic string, version int64, touched live.AffectedUsers) *state {
	next := &state{topic: topic, version: version}
	if have == nil {
		return next
	}
	next.users, next.all = touched(have.version, version)
	s.mu.Lock()
	defer s.mu.Unlock()
	for v := have.version + 1; v <= version && !next.all; v++ {
		if user := userOf(v); !slices.Contains(next.users, user) {
			s.missed = append(s.missed, fmt.Sprintf("version %d of %s concerns %s, told were %v", v, topic, user, next.users))
		}
	}
	return next
}

// userOf is whom a version concerns.
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

func (s *source) Versions(_ context.Context, topics []string) (map[string]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	present := make(map[string]int64)
	for _, topic := range topics {
		if version, ok := s.versions[topic]; ok {
			present[topic] = version
		}
	}
	return present, s.err
}

// set changes how the source behaves.
func (s *source) set(change func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// commit makes the next version of the topic, without a hint.
func (s *source) commit(topic string) live.Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions[topic]++
	version := s.versions[topic]
	return live.Hint{Topic: topic, Since: version - 1, Version: version, Users: []string{userOf(version)}}
}

// loaded returns when the topic's loads began, until now.
func (s *source) loaded(topic string) []time.Time {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.loads[topic])
}

// world is a hub, its bus and its source, in a synctest bubble: its time runs only while everybody waits.
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

// inWorld runs a test in a world of its own. When it returns the hub is closed, and the bubble fails if a goroutine stays.
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

// change commits the next version of the topic and hints at it.
func (w *world) change(topic string) { w.bus.Publish(w.source.commit(topic)) }

func (w *world) watch(topic string) *live.Watcher[*state] {
	w.Helper()
	watcher, err := w.hub.Watch(w.Context(), topic)
	if err != nil {
		w.Fatalf("Watch(%s): %v", topic, err)
	}
	return watcher
}

// wantNext expects that version next, and returns how long it took to come.
func (w *world) wantNext(watcher *live.Watcher[*state], version int64) time.Duration {
	w.Helper()
	start := time.Now()
	s, err := watcher.Next(w.Context())
	if err != nil || s.version != version {
		w.Fatalf("Next: got %v, %v, want version %d", s, err, version)
	}
	return time.Since(start)
}

// wantQuiet expects that nothing is delivered within d.
func (w *world) wantQuiet(watcher *live.Watcher[*state], d time.Duration) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), d)
	defer cancel()
	if s, err := watcher.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		w.Fatalf("Next: got %v, %v, want nothing within %v", s, err, d)
	}
}

// wantLoads expects so many loads of the topic, from the beginning until now.
func (w *world) wantLoads(topic string, want int) {
	w.Helper()
	if got := len(w.source.loaded(topic)); got != want {
		w.Fatalf("%d loads of %s, want %d", got, topic, want)
	}
}
