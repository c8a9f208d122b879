package spotify

import (
	"sync"
	"time"
)

// pause is how long Spotify wants fewer requests. Its limits are the app's, whichever host a request is made for. Only the
// catalogue heeds it: guests who type would use up what the players need. Who drives the players paces them.
type pause struct {
	mu  sync.Mutex
	end time.Time
}

// extend makes the pause last until end, or longer where it already does.
func (p *pause) extend(end time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if end.After(p.end) {
		p.end = end
	}
}

// left is how much of the pause remains; 0 or less: there is none.
func (p *pause) left(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end.Sub(now)
}
