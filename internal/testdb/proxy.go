package testdb

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a program and its database, and loses what a test tells it to lose. Like a network, it does so
// silently: the connection stays open, but nothing more arrives.
type Proxy struct {
	tb       testing.TB
	target   string
	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	conns  []*proxied // all that were accepted; guarded by mu
	loss   *loss      // what is to be lost next; guarded by mu
	silent bool       // new connections are accepted, and nothing is passed on; guarded by mu
}

// loss happens to the first connection whose client sends these texts, one after the other.
type loss struct {
	texts   [][]byte
	request bool // the last text itself is lost, too
}

// proxied is one connection through the proxy.
type proxied struct {
	client, server net.Conn // server is nil for a connection that was accepted in silence
	sent           int      // how many texts of the loss the client has sent; guarded by Proxy.mu

	mu            sync.Mutex
	losesAnswers  bool // nothing of the server reaches the client; guarded by mu
	losesRequests bool // nothing of the client reaches the server; guarded by mu
}

// StartProxy starts a proxy for a database's address, until the test ends.
func StartProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	return StartProxyAt(tb, "127.0.0.1:0", target)
}

// StartProxyAt is StartProxy at an address.
func StartProxyAt(tb testing.TB, addr, target string) *Proxy {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{tb: tb, listener: listener, target: target}
	p.serving.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// close closes the proxy and all its connections.
func (p *Proxy) close() {
	_ = p.listener.Close()
	p.cut()
	p.serving.Wait()
}

// URL returns a database's URL with the proxy's address.
func (p *Proxy) URL(databaseURL string) string {
	p.tb.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		p.tb.Fatal(err)
	}
	u.Host = p.listener.Addr().String()
	return u.String()
}

// LoseAnswer loses everything that the database sends to the next connection that sends these texts, one after the
// other. The texts themselves arrive.
func (p *Proxy) LoseAnswer(texts ...string) { p.lose(false, texts) }

// LoseRequest is LoseAnswer, and loses the last text and what follows it, too: the database sees a client that sends
// nothing more.
func (p *Proxy) LoseRequest(texts ...string) { p.lose(true, texts) }

func (p *Proxy) lose(request bool, texts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loss = &loss{request: request}
	for _, text := range texts {
		p.loss.texts = append(p.loss.texts, []byte(text))
	}
	for _, c := range p.conns {
		c.sent = 0
	}
}

// HasLost reports whether the loss that the test asked for has happened.
func (p *Proxy) HasLost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loss == nil
}

// LoseAll loses everything on all connections that are open now. New ones work.
func (p *Proxy) LoseAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.lose(true, true)
	}
}

// Silence makes the proxy accept new connections and pass nothing on; with false, new connections work again.
func (p *Proxy) Silence(silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = silent
}

// cut closes all connections.
func (p *Proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.client.Close()
		if c.server != nil {
			_ = c.server.Close()
		}
	}
	p.conns = nil
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		silent := p.silent
		p.mu.Unlock()
		c := &proxied{client: client}
		if !silent {
			if c.server, err = net.DialTimeout("tcp", p.target, 5*time.Second); err != nil { //nolint:noctx // it is short
				_ = client.Close()
				continue
			}
		}
		p.mu.Lock()
		p.conns = append(p.conns, c)
		p.mu.Unlock()
		if c.server != nil {
			p.serving.Go(func() { p.forward(c) })
			p.serving.Go(c.back)
		}
	}
}

// forward passes on to the server what the client sends.
func (p *Proxy) forward(c *proxied) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.client.Read(buffer)
		p.watch(c, buffer[:n])
		_, loses := c.lost()
		if !loses {
			if _, failed := c.server.Write(buffer[:n]); err == nil {
				err = failed
			}
		}
		if err != nil {
			if !loses {
				_ = c.server.Close()
			}
			return
		}
	}
}

// watch marks the connection as losing data once its client has sent the texts of the loss.
func (p *Proxy) watch(c *proxied, sent []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.loss != nil && bytes.Contains(sent, p.loss.texts[c.sent]) {
		if c.sent++; c.sent == len(p.loss.texts) {
			c.lose(true, p.loss.request)
			p.loss = nil
		}
	}
}

// back passes on to the client what the server sends.
func (c *proxied) back() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.server.Read(buffer)
		loses, _ := c.lost()
		if !loses {
			if _, failed := c.client.Write(buffer[:n]); err == nil {
				err = failed
			}
		}
		if err != nil {
			if !loses {
				_ = c.client.Close()
			}
			return
		}
	}
}

func (c *proxied) lose(answers, requests bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.losesAnswers, c.losesRequests = c.losesAnswers || answers, c.losesRequests || requests
}

func (c *proxied) lost() (answers, requests bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.losesAnswers, c.losesRequests
}
