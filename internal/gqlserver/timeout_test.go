package gqlserver_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

func TestAnOperationHasSoLongAndNoLonger(t *testing.T) {
	s := start(t, func(cfg *gqlserver.Config) { cfg.Limits.OperationTime = 10 * time.Millisecond })
	if got := s.post("{wait}", nil); got.status != http.StatusOK || !strings.Contains(got.body, "errors") {
		t.Errorf("over HTTP: %d %s", got.status, got.body)
	}
	c := s.open(`{}`)
	c.subscribe("1", "{wait}")
	if text, err := c.hear(); err != nil || !strings.Contains(text, "errors") {
		t.Errorf("over a WebSocket: %s (%v)", text, err)
	}
}
