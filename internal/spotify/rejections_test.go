package spotify

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/playback"
)

// TestRejectedTokensRequireReconnectAfterMinutes: if a host's fresh tokens are rejected again and again, the host is
// asked to connect again after some minutes and few requests. Once a request succeeds, that is over.
func TestRejectedTokensRequireReconnectAfterMinutes(t *testing.T) {
	r, began := newRejections(), time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC)
	now, sent := began, 0
	for {
		f := r.failure("host", now)
		if f == nil {
			sent++
			r.record("host", now)
			continue
		}
		if f.kind == playback.ReconnectNeeded {
			break
		}
		if f.kind != playback.Unreachable || now.Sub(began) > 10*time.Minute {
			t.Fatalf("after %v: %v", now.Sub(began), f.kind)
		}
		now = now.Add(f.retryAfter)
	}
	if took := now.Sub(began); took < rejectionsPersistAfter || took > 2*rejectionsPersistAfter || sent > 30 {
		t.Errorf("asked after %v and %d rejected requests", took, sent)
	}
	if r.failure("another host", now) != nil {
		t.Error("another host is paused, too")
	}
	r.forget("host")
	if f := r.failure("host", now); f != nil {
		t.Errorf("after a success: %v", f)
	}
	r.record("host", now)
	if f := r.failure("host", now); f == nil || f.kind != playback.Unreachable {
		t.Errorf("a new series begins with %v", f)
	}
}

// TestRejectionsAreForgotten: a series that does not go on neither counts forever nor takes up memory.
func TestRejectionsAreForgotten(t *testing.T) {
	r, began := newRejections(), time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC)
	for range 10 {
		r.record("host", began)
	}
	later := began.Add(persistentPause + rejectionMemory + time.Second)
	r.record("another host", later)
	if n := len(r.byHost); n != 1 {
		t.Errorf("%d hosts are remembered", n)
	}
	r.record("host", later)
	if f := r.failure("host", later); f == nil || f.kind != playback.Unreachable {
		t.Errorf("a rejection after a long time: %v", f)
	}
}
