package scenarios_test

import (
	"context"
	"sync"
	"time"

	"antwon.dj/backend/internal/party"
)

// lonely is the database of a server that is the only one. Every two seconds such a server says that it lives, and looks for
// rooms, which nobody sees, and which makes hours long. So it says so for a minute, and looks once in it; when it is
// killed, what others find is what they would have found.
type lonely struct {
	frozenRooms

	mu     sync.Mutex
	node   string
	life   time.Duration
	said   time.Time // when it would have said so last
	until  time.Time // before which it need not say so again
	nodes  int
	open   []party.OpenRoom
	looked time.Time
}

const (
	aloneSays  = time.Minute
	aloneLooks = time.Minute
)

func (l *lonely) RenewNode(ctx context.Context, nodeID string, life time.Duration) (nodes int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.node, l.life, l.said = nodeID, life, now
	if now.Before(l.until) {
		return l.nodes, nil
	}
	l.nodes, err = l.frozenRooms.RenewNode(ctx, nodeID, aloneSays+life)
	if err == nil {
		l.until = now.Add(aloneSays)
	}
	return l.nodes, err
}

func (l *lonely) OpenRooms(ctx context.Context) (open []party.OpenRoom, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.looked) < aloneLooks {
		return l.open, nil
	}
	l.open, err = l.frozenRooms.OpenRooms(ctx)
	if err == nil {
		l.looked = time.Now()
	}
	return l.open, err
}

// die leaves behind what a server does that said every two seconds that it lives.
func (l *lonely) die(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.node == "" {
		return nil
	}
	_, err := l.Driver.RenewNode(ctx, l.node, l.life-time.Since(l.said))
	return err
}
