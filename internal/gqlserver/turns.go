package gqlserver

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/semaphore"
)

// maxTurnWait is how long an operation waits for its turn.
const maxTurnWait = 5 * time.Second

// turns bounds the operations that are prepared or executed at the same time. Each waits first for others of its user,
// then for others of its address, and last for all others. So it waits for at most a few operations of another address.
type turns struct {
	// Preparation decodes and validates requests. Its gates count bytes.
	prepareOfAddress, prepareAll *gates
	// Execution is bounded by the fields that answers can have. The operations of one user or one address keep half of the
	// processor's cores busy, and all operations together need a bounded amount of memory. An answer above the bound is
	// made alone. So an address has a few large answers made at the same time, or hundreds of small ones.
	ofUser, ofAddress, ofAll *gates
	// Subscriptions are only counted: each needs memory for as long as it lasts.
	subscriptionsOfUser, subscriptionsOfAddress *gates
}

// subscriptionsPerConnection is the ratio of the limits of subscriptions to the limits of connections, both for users
// and for addresses.
const subscriptionsPerConnection = 5

const (
	bytesPrepared  = 4 << 10 // of one address; a request that is larger is prepared alone
	waitingOfUser  = 50
	waitingOfPlace = 1000
	waitingOfAll   = 5000
)

func newTurns(l Limits) turns {
	most := int64(l.OperationCost) * 3 / 2
	return turns{
		prepareOfAddress: newGates(bytesPrepared, waitingOfPlace),
		prepareAll:       newGates(4*bytesPrepared, waitingOfAll),
		ofUser:           newGates(fieldsOfHalf(l), waitingOfUser),
		ofAddress:        newGates(fieldsOfHalf(l), waitingOfPlace),
		ofAll:            newGates(max(most, 2*fieldsOfHalf(l)), waitingOfAll),

		subscriptionsOfUser:    newGates(0, subscriptionsPerConnection*l.ConnectionsPerUser),
		subscriptionsOfAddress: newGates(0, subscriptionsPerConnection*l.ConnectionsPerAddress),
	}
}

// fieldsOfHalf returns how many fields keep half of the cores busy, with a quarter of the largest answer on each core.
// While a large answer is made, its core is hardly ever idle.
func fieldsOfHalf(l Limits) int64 {
	return max(1, int64(l.OperationCost)*int64(runtime.GOMAXPROCS(0))/8)
}

// passage is a gate that an operation has to pass.
type passage struct {
	gates *gates
	key   string
}

// enterPreparation waits until a request of so many bytes may be decoded and validated, see enter.
func (p *payer) enterPreparation(ctx context.Context, bytes int) (leave func(), refusal *gqlerror.Error) {
	t := p.budgets.turns
	return enter(ctx, bytes, passage{t.prepareOfAddress, p.place}, passage{t.prepareAll, ""})
}

// enterExecution waits until an operation whose answer can have so many fields may be executed, see enter.
func (p *payer) enterExecution(ctx context.Context, fields int) (leave func(), refusal *gqlerror.Error) {
	t := p.budgets.turns
	all := passage{t.ofAll, ""}
	switch {
	case p.client.Unlimited:
		return enter(ctx, fields, all)
	case p.client.ID == "":
		return enter(ctx, fields, passage{t.ofAddress, p.place}, all)
	default:
		return enter(ctx, fields, passage{t.ofUser, p.client.ID}, passage{t.ofAddress, p.place}, all)
	}
}

// beginSubscription counts a subscription until end is called, or returns an error if there are too many.
func (p *payer) beginSubscription() (end func(), refusal *gqlerror.Error) {
	if p.client.Unlimited {
		return func() {}, nil
	}
	var passages []passage
	if p.client.ID != "" {
		passages = append(passages, passage{p.budgets.turns.subscriptionsOfUser, p.client.ID})
	}
	passages = append(passages, passage{p.budgets.turns.subscriptionsOfAddress, p.place})
	end, refusal = enter(context.Background(), 0, passages...)
	if refusal != nil {
		refusal = rateLimited(time.Second, "You, or all clients at your address together, have too many subscriptions.")
	}
	return end, refusal
}

// enter passes the gates one after the other, or returns an error if that takes too long or too many wait. Leave has to
// be called when the operation is done.
func enter(ctx context.Context, size int, passages ...passage) (leave func(), refusal *gqlerror.Error) {
	ctx, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	var entered []func()
	leave = func() {
		for _, leaveGate := range entered {
			leaveGate()
		}
	}
	for _, way := range passages {
		leaveGate, ok := way.gates.enter(ctx, way.key, int64(size))
		if !ok {
			leave()
			return nil, rateLimited(time.Second, "Too many operations are being executed.")
		}
		entered = append(entered, leaveGate)
	}
	return leave, nil
}

// gates has one gate for each key. A gate admits operations up to its size at the same time, in the order of their
// arrival.
type gates struct {
	size int64
	most int // maximum number of operations of one key, including those that wait

	mu    sync.Mutex
	byKey map[string]*gate // those with operations
}

type gate struct {
	free       *semaphore.Weighted
	operations int
}

func newGates(size int64, most int) *gates {
	return &gates{size: size, most: most, byKey: map[string]*gate{}}
}

func (g *gates) enter(ctx context.Context, key string, size int64) (leave func(), ok bool) {
	size = min(size, g.size)
	chosen := g.join(key)
	if chosen == nil {
		return nil, false
	}
	if !chosen.free.TryAcquire(size) && chosen.free.Acquire(ctx, size) != nil {
		g.part(key, chosen)
		return nil, false
	}
	return func() {
		chosen.free.Release(size)
		g.part(key, chosen)
	}, true
}

// join counts an operation at the gate of a key. It returns nil if there are too many.
func (g *gates) join(key string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	chosen := g.byKey[key]
	if chosen == nil {
		chosen = &gate{free: semaphore.NewWeighted(g.size)}
		g.byKey[key] = chosen
	}
	if chosen.operations >= g.most {
		return nil
	}
	chosen.operations++
	return chosen
}

// part stops counting an operation that join has counted.
func (g *gates) part(key string, left *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if left.operations--; left.operations == 0 {
		delete(g.byKey, key)
	}
}
