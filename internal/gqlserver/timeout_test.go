package gqlserver_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

func TestOperationEndsAfterItsTimeLimit(t *testing.T) {
	const limit = 2 * time.Second
	limited := func(cfg *gqlserver.Config) { cfg.Limits.OperationTime = limit }
	inFakeTime(t, limited, func(t *testing.T, s *service) {
		begin := time.Now()
		if got := s.post("{wait}", nil); got.status != http.StatusOK || !strings.Contains(got.body, "errors") {
			t.Errorf("over HTTP: %d %s", got.status, got.body)
		}
		c := s.open(`{}`)
		c.subscribe("1", "{wait}")
		if text, err := c.hear(); err != nil || !strings.Contains(text, "errors") {
			t.Errorf("over a WebSocket: %s (%v)", text, err)
		}
		if took := time.Since(begin); took != 2*limit {
			t.Errorf("both operations took %v, want %v", took, 2*limit)
		}
	})
}
