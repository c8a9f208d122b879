//go:build linux

package attack

import (
	"bytes"
	"context"
	"time"
)

// observation has what the bystander measured, and the server's memory according to the kernel.
type observation struct {
	latencies []time.Duration // of the bystander's answers
	failed    int             // of the bystander's requests
	rss       int64           // peak, in bytes
}

// observe has the bystander read the queue until ctx ends. Afterwards it closes done.
func (o *observation) observe(ctx context.Context, s *server, bystander *client, r *room) (done chan struct{}) {
	done = make(chan struct{})
	query := body(inRoom(r, `queue{version items{id likeCount position song{name artists}}}`))
	go func() {
		defer close(done)
		for ticker := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-ticker.C {
			begun := time.Now()
			text, err := bystander.post(context.WithoutCancel(ctx), query)
			if took := time.Since(begun); err == nil && !bytes.Contains(text, []byte(`"errors"`)) {
				o.latencies = append(o.latencies, took)
			} else {
				o.failed++
			}
			if rss, err := s.peakRSS(); err == nil {
				o.rss = rss
			}
		}
	}()
	return done
}
