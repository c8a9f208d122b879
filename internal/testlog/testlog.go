// Package testlog gives tests the log of the servers that they start. A test fails if its servers log an error that it
// did not announce, because otherwise only operators would notice the error.
package testlog

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Log collects what servers log. It is safe for concurrent use.
type Log struct {
	mu       sync.Mutex
	text     strings.Builder
	expected []string
	allowed  []string
}

// New returns a log that is checked when the test ends, after all cleanups that are registered later. So create it
// before the servers that write to it.
func New(t testing.TB) *Log {
	t.Helper()
	l := &Log{}
	t.Cleanup(func() {
		for _, fault := range l.faults() {
			t.Error(fault)
		}
	})
	return l
}

// Logger returns a logger that writes to the log, as text.
func (l *Log) Logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// Expect announces errors that contain this text: the test fails if there is none.
func (l *Log) Expect(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = append(l.expected, text)
}

// Allow announces errors that may occur or not, such as those of an outage whose time the test does not choose.
func (l *Log) Allow(texts ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.allowed = append(l.allowed, texts...)
}

// Write implements io.Writer, for slog's handlers and for the output of processes.
func (l *Log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

// String returns everything that was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// faults returns a message for each error that was not announced, and for each expected one that did not occur.
func (l *Log) faults() (faults []string) {
	text := l.String()
	came := map[string]bool{}
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "level=ERROR") && !strings.Contains(line, `"level":"ERROR"`) {
			continue
		}
		has := func(text string) bool { return strings.Contains(line, text) }
		if at := slices.IndexFunc(l.expected, has); at >= 0 {
			came[l.expected[at]] = true
		} else if !slices.ContainsFunc(l.allowed, has) {
			faults = append(faults, "a server logged: "+strings.TrimSpace(line))
		}
	}
	for _, expected := range l.expected {
		if !came[expected] {
			faults = append(faults, "no server logged the error "+expected)
		}
	}
	return faults
}
