package gqlserver

import (
	"context"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"
)

// maxTurnWait is how long an operation waits for its turn.
const maxTurnWait = 5 * time.Second

// turns bounds what is executed at the same time, in points of what operations can cost: of one user as much as one
// operation may cost, of one address twice as much, and of all together twice that. An operation waits first for others
// of its user, then for others of its address and last for those of all, so that everybody waits behind at most two
// operations of the same address.
type turns struct{ users, addresses, all *gates }

func newTurns(operationCost int) turns {
	size := int64(operationCost)
	return turns{users: newGates(size, 50), addresses: newGates(2*size, 1000), all: newGates(4*size, 5000)}
}

// enter waits for the turn of an operation, or returns an error if that takes too long or too many wait. Call leave
// when the operation has been executed.
func (p *payer) enter(ctx context.Context, points int) (leave func(), refusal *gqlerror.Error) {
	ctx, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	var entered []func()
	leave = func() {
		for _, leaveGate := range entered {
			leaveGate()
		}
	}
	turns := p.budgets.turns
	for _, way := range []struct {
		gates *gates
		key   string
		open  bool // the gate does not apply
	}{
		{turns.users, p.client.ID, p.client.ID == "" || p.client.Unlimited},
		{turns.addresses, p.place, p.client.Unlimited},
		{turns.all, "", false},
	} {
		if way.open {
			continue
		}
		leaveGate, ok := way.gates.enter(ctx, way.key, int64(points))
		if !ok {
			leave()
			return nil, rateLimited(time.Second, "Too many operations are being executed.")
		}
		entered = append(entered, leaveGate)
	}
	return leave, nil
}

// gates let operations in, by key: at the same time of each key no more points than a gate's size. Whoever comes first
// goes first.
type gates struct {
	size int64
	most int // operations of one key, with those that wait

	mu    sync.Mutex
	byKey map[string]*gate // those with operations
}

type gate struct {
	points     *semaphore.Weighted
	operations int
}

func newGates(size int64, most int) *gates {
	return &gates{size: size, most: most, byKey: map[string]*gate{}}
}

func (g *gates) enter(ctx context.Context, key string, points int64) (leave func(), ok bool) {
	points = min(points, g.size)
	chosen := g.join(key)
	if chosen == nil {
		return nil, false
	}
	if !chosen.points.TryAcquire(points) && chosen.points.Acquire(ctx, points) != nil {
		g.part(key, chosen)
		return nil, false
	}
	return func() {
		chosen.points.Release(points)
		g.part(key, chosen)
	}, true
}

// join counts an operation at the gate of a key. It returns nil if there are too many.
func (g *gates) join(key string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	chosen := g.byKey[key]
	if chosen == nil {
		chosen = &gate{points: semaphore.NewWeighted(g.size)}
		g.byKey[key] = chosen
	}
	if chosen.operations >= g.most {
		return nil
	}
	chosen.operations++
	return chosen
}

// part no longer counts an operation.
func (g *gates) part(key string, left *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if left.operations--; left.operations == 0 {
		delete(g.byKey, key)
	}
}
