package gqlserver

import (
	"net"
	"sync"
	"time"

	"antwon.dj/backend/internal/ratelimit"
)

// Client describes who makes the requests in a context.
type Client struct {
	ID        string    // connections with the same id are counted together; "": unknown, and not counted
	SessionID string    // the connection is closed once Config.Ended reports this session; "": it has none
	ExpiresAt time.Time // when the credentials expire, which closes the connection; zero: never
	Unlimited bool      // the limits for connections and operations do not apply
	Anonymous bool      // it has shown no credentials: an address may have few such connections, and idle ones are closed
}

// connectionLimiter counts connections by network, as ratelimit.NetworksOf defines it, and by client. Many guests of a
// party may share one network, so a network has a higher limit than a client. A connection is anonymous until its
// client has shown credentials, and a network may have few anonymous ones.
type connectionLimiter struct {
	perNetwork, anonymousPerNetwork, perClient int

	mu        sync.Mutex
	networks  map[string]int
	anonymous map[string]int // by network
	clients   map[string]int
}

func newConnectionLimiter(l Limits) *connectionLimiter {
	return &connectionLimiter{
		perNetwork: l.ConnectionsPerAddress, anonymousPerNetwork: l.AnonymousPerAddress, perClient: l.ConnectionsPerUser,
		networks: map[string]int{}, anonymous: map[string]int{}, clients: map[string]int{},
	}
}

// connectionSlot is one counted connection.
type connectionSlot struct {
	limiter                          *connectionLimiter
	network, site, anonymous, client string // "": not counted
}

// acquire counts a new connection from an address, as anonymous for now. It returns false if the network or the site of
// the address has too many.
func (v *connectionLimiter) acquire(remoteAddr string) (*connectionSlot, bool) {
	address, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		address = remoteAddr
	}
	network, site := ratelimit.NetworksOf(address)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.networks[network] >= v.perNetwork || v.anonymous[network] >= v.anonymousPerNetwork ||
		site != "" && v.networks[site] >= ratelimit.SiteLimit(v.perNetwork) {
		return nil, false
	}
	v.networks[network]++
	v.anonymous[network]++
	if site != "" {
		v.networks[site]++
	}
	return &connectionSlot{limiter: v, network: network, site: site, anonymous: network}, true
}

// assignClient counts the connection for its client, too. It returns false if the client has too many. The connection
// of an unlimited client is no longer counted at all.
func (v *connectionSlot) assignClient(client Client) bool {
	if client.Unlimited {
		v.release()
		return true
	}
	all := v.limiter
	all.mu.Lock()
	defer all.mu.Unlock()
	if !client.Anonymous {
		decrement(all.anonymous, v.anonymous)
		v.anonymous = ""
	}
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

// release stops counting the connection. Further calls do nothing.
func (v *connectionSlot) release() {
	v.limiter.mu.Lock()
	defer v.limiter.mu.Unlock()
	decrement(v.limiter.networks, v.network)
	decrement(v.limiter.networks, v.site)
	decrement(v.limiter.anonymous, v.anonymous)
	decrement(v.limiter.clients, v.client)
	v.network, v.site, v.anonymous, v.client = "", "", "", ""
}

func decrement(counts map[string]int, key string) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
