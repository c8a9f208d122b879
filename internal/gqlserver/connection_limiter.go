package gqlserver

import (
	"net"
	"sync"
	"time"
)

// Client is who is behind the context of an operation.
type Client struct {
	ID        string    // whose connections are counted together; "" for somebody unknown
	ExpiresAt time.Time // when the credentials end, and the connection with them; zero if they do not
	Unlimited bool      // neither connections nor operations are counted
}

// visitors counts connections. An address may belong to a whole party, so it has room for many more than one client has.
type connectionLimiter struct {
	perAddress, perClient int

	mu        sync.Mutex
	addresses map[string]int
	clients   map[string]int
}

func newConnectionLimiter(l Limits) *connectionLimiter {
	return &connectionLimiter{l.ConnectionsPerAddress, l.ConnectionsPerUser, sync.Mutex{}, map[string]int{}, map[string]int{}}
}

// visit is one connection that is counted.
type connectionSlot struct {
	limiter         *connectionLimiter
	address, client string // "" where it does not count any more
}

// enter counts a connection in, or reports false where there are too many from its address.
func (v *connectionLimiter) acquire(remoteAddr string) (*connectionSlot, bool) {
	address, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		address = remoteAddr
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.addresses[address] >= v.perAddress {
		return nil, false
	}
	v.addresses[address]++
	return &connectionSlot{limiter: v, address: address}, true
}

// identify counts the connection as the client's, or reports false where they have too many.
func (v *connectionSlot) assignClient(client Client) bool {
	if client.Unlimited {
		v.release()
		return true
	}
	all := v.limiter
	all.mu.Lock()
	defer all.mu.Unlock()
	if client.ID == "" {
		return true
	}
	if all.clients[client.ID] >= all.perClient {
		return false
	}
	all.clients[client.ID]++
	v.client = client.ID
	return true
}

// leave counts the connection out; doing it again does nothing.
func (v *connectionSlot) release() {
	v.limiter.mu.Lock()
	defer v.limiter.mu.Unlock()
	decrement(v.limiter.addresses, v.address)
	decrement(v.limiter.clients, v.client)
	v.address, v.client = "", ""
}

func decrement(counts map[string]int, key string) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
