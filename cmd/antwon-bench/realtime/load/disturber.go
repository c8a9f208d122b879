//go:build linux

package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Disturbers are clients that do not behave: some subscribe and then read nothing, the others stop in the middle of a
// frame and reset their connections there.
type Disturbers struct {
	mu        sync.Mutex
	stalled   []net.Conn
	resetting []net.Conn // not reset yet
}

// connectAtOnce bounds how many of them connect at the same time.
const connectAtOnce = 50

// receiveBuffer is small, so that the server soon cannot write to a client that reads nothing.
const receiveBuffer = 4 << 10

// Disturb connects one disturber for each subscriber, of which every second one stalls.
func Disturb(ctx context.Context, address string, subscribers []Subscriber) (*Disturbers, error) {
	d := &Disturbers{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(connectAtOnce)
	for i, s := range subscribers {
		group.Go(func() error { return d.connect(ctx, i, address, s) })
	}
	if err := group.Wait(); err != nil {
		d.Close()
		return nil, fmt.Errorf("disturbers: %w", err)
	}
	return d, nil
}

func (d *Disturbers) connect(ctx context.Context, i int, address string, s Subscriber) error {
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i%addresses))}
	conn, err := (&net.Dialer{LocalAddr: from}).DialContext(ctx, "tcp4", address)
	if err != nil {
		return err
	}
	stalls := i%2 == 0
	d.mu.Lock()
	if stalls {
		d.stalled = append(d.stalled, conn)
	} else {
		d.resetting = append(d.resetting, conn)
	}
	d.mu.Unlock()
	if err := conn.(*net.TCPConn).SetReadBuffer(receiveBuffer); err != nil {
		return err
	}
	if _, err := conn.Write([]byte(upgradeRequest(address, graphQLProtocol))); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // there is none
	if response.StatusCode != http.StatusSwitchingProtocols {
		return errors.New(response.Status)
	}
	frames := clientFrame(opText, []byte(`{"type":"connection_init","payload":`+s.Init+`}`))
	subscribe := clientFrame(opText, []byte(`{"id":"1","type":"subscribe","payload":`+s.Subscribe+`}`))
	frames = append(frames, subscribe...)
	if !stalls {
		frames = frames[:len(frames)-1-i%len(s.Subscribe)]
	}
	_, err = conn.Write(frames)
	return err
}

// Reset resets those that have stopped in the middle of a frame, spread over a time. It returns when that is over, or
// when ctx ends.
func (d *Disturbers) Reset(ctx context.Context, over time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.resetting) == 0 {
		return
	}
	ticker := time.NewTicker(max(1, over/time.Duration(len(d.resetting))))
	defer ticker.Stop()
	for len(d.resetting) > 0 {
		select {
		case <-ticker.C:
			reset(d.resetting[0])
			d.resetting = d.resetting[1:]
		case <-ctx.Done():
			return
		}
	}
}

func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0) // fails only if the server has closed it
	_ = conn.Close()                     // as above
}

// Close resets all that are left.
func (d *Disturbers) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, conn := range append(d.stalled, d.resetting...) {
		reset(conn)
	}
	d.stalled, d.resetting = nil, nil
}
