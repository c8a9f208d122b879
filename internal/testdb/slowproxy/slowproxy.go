// Package slowproxy puts a database farther away: a proxy that delays what passes through it, for tests and benchmarks.
// It does not import package testing, so commands can use it.
package slowproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes connections on to a server. Whatever is sent through it arrives later by half of the round trip, in
// either direction. It is safe for concurrent use.
type Proxy struct {
	listener  net.Listener
	server    string
	roundTrip atomic.Int64 // nanoseconds
	running   sync.WaitGroup
	ctx       context.Context // ends when the proxy is closed
	cancel    context.CancelFunc
}

// New starts a proxy in front of the server of a database's URL, and returns the URL that leads through it. Close stops
// it.
func New(databaseURL string, roundTrip time.Duration) (p *Proxy, through string, err error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, "", err
	}
	p = &Proxy{server: u.Host}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if p.listener, err = new(net.ListenConfig).Listen(p.ctx, "tcp", "127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	p.SetRoundTrip(roundTrip)
	p.running.Go(p.serve)
	u.Host = p.listener.Addr().String()
	return p, u.String(), nil
}

// SetRoundTrip changes the time of a round trip, also for what is under way.
func (p *Proxy) SetRoundTrip(roundTrip time.Duration) { p.roundTrip.Store(int64(roundTrip)) }

// Close ends all connections, and waits for its goroutines.
func (p *Proxy) Close() {
	p.cancel()
	_ = p.listener.Close() // nobody connects any longer
	p.running.Wait()
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.pass(client) })
	}
}

func (p *Proxy) pass(client net.Conn) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(p.ctx, "tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			defer cancel()
			p.delay(ctx, way[0], way[1])
		})
	}
	<-ctx.Done()
	_ = errors.Join(client.Close(), server.Close()) // ends both ways
	both.Wait()
}

// parcel is what was read at one time.
type parcel struct {
	at   time.Time
	data []byte
}

// delay copies until either end is closed.
func (p *Proxy) delay(ctx context.Context, from io.Reader, to io.Writer) {
	parcels := make(chan parcel, 64) // what is under way
	p.running.Go(func() {            // ends when pass closes from
		defer close(parcels)
		for buffer := make([]byte, 64<<10); ; {
			n, err := from.Read(buffer)
			if err != nil {
				return
			}
			select {
			case parcels <- parcel{time.Now(), append([]byte(nil), buffer[:n]...)}:
			case <-ctx.Done():
				return
			}
		}
	})
	for sent := range parcels {
		select {
		case <-time.After(time.Until(sent.at.Add(time.Duration(p.roundTrip.Load()) / 2))):
		case <-ctx.Done():
			return
		}
		if _, err := to.Write(sent.data); err != nil {
			return
		}
	}
}
