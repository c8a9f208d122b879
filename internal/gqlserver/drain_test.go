package gqlserver_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/gqlserver"
)

func TestDrainClosesAllWebSocketsOneAfterTheOther(t *testing.T) {
	spread := func(cfg *gqlserver.Config) { cfg.Limits.DrainWindow = 40 * time.Millisecond }
	inFakeTime(t, spread, func(t *testing.T, s *service) {
		subscribed, idle, silent := s.open(`{}`), s.open(`{}`), s.connect()
		subscribed.subscribe("1", `subscription{diary{version}}`)
		subscribed.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
		synctest.Wait() // until the last one is registered, too

		begin := time.Now()
		closed := make(chan time.Duration, 3)
		for _, c := range []*client{subscribed, idle, silent} {
			go func() {
				c.expectClose(1012, "Service restart")
				closed <- time.Since(begin)
				c.Close()
			}()
		}
		if err := s.handler.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		for i := range 3 {
			if took, want := <-closed, time.Duration(i)*10*time.Millisecond; took != want {
				t.Errorf("connection %d was closed after %v, want %v", i, took, want)
			}
		}
		if n := s.schema.diary.openSources.Load(); n != 0 {
			t.Errorf("%d sources are still open", n)
		}
		_, response, _ := s.dial(nil, "graphql-transport-ws")
		if response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a new connection got %d", response.StatusCode)
		}
	})
}

func TestDrainAbortsConnectionsWhenItsContextEnds(t *testing.T) {
	inFakeTime(t, nil, func(t *testing.T, s *service) {
		c := s.open(`{}`)
		c.subscribe("1", `subscription{diary{entries}}`) // and does not read the response
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := s.handler.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("Drain took %v, want 1 s", took)
		}
		synctest.Wait()
		if n := s.gauge("graphql_connections"); n != 0 {
			t.Errorf("%v connections are still counted", n)
		}
	})
}
