package testlog

import (
	"log/slog"
	"slices"
	"testing"
)

func TestErrorsHaveToBeAnnounced(t *testing.T) {
	text, lines := &Log{}, &Log{}
	for _, log := range []*Log{text, lines} {
		logger := log.Logger()
		if log == lines {
			logger = slog.New(slog.NewJSONHandler(log, nil))
		}
		logger.Warn("a warning", "code", "ERROR")
		logger.Error("the first")
		logger.Error("the second")
		if got := log.faults(); len(got) != 2 {
			t.Errorf("without an announcement: %q", got)
		}
		log.Expect("the first")
		log.Expect("the second")
		if got := log.faults(); len(got) != 0 {
			t.Errorf("announced: %q", got)
		}
		logger.Error("the fourth")
		log.Allow("the fourth", "what does not come")
		log.Expect("the third")
		if got, want := log.faults(), []string{"no server logged the error the third"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
