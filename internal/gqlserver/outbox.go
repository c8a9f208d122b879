package gqlserver

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"antwon.dj/backend/internal/gqlserver/sockets"
)

// maxOutboxBytes is how many bytes of a connection's own messages may wait before the connection stops reading: a
// client that sends faster than it reads has to wait.
const maxOutboxBytes = 64 << 10

// outbox holds what a connection has to send: its own frames, and subscriptions that have a response. The responses
// themselves are not queued, so that a slow client costs no memory; when its socket can be written to again, it gets
// the newest response. The connection's mutex guards all fields.
type outbox struct {
	writing    bool       // a goroutine is writing, and goes on until the outbox is empty
	frames     [][]byte   // complete frames
	bytes      int        // total size of frames
	first      *operation // the subscriptions that have a response, linked so that a delivery allocates nothing
	last       *operation
	spaceFreed *sync.Cond // signalled when bytes has decreased, and when the connection closes; nil: nobody has waited
}

func (b *outbox) add(frame []byte) {
	b.frames = append(b.frames, frame)
	b.bytes += len(frame)
}

func (b *outbox) clear() {
	b.frames, b.bytes, b.first, b.last = nil, 0, nil, nil
	b.signalSpace()
}

// addReady adds a subscription that has a response, unless it is there already.
func (b *outbox) addReady(o *operation) {
	if o.queued {
		return
	}
	o.queued, o.nextReady = true, nil
	if b.first == nil {
		b.first = o
	} else {
		b.last.nextReady = o
	}
	b.last = o
}

func (b *outbox) signalSpace() {
	if b.spaceFreed != nil {
		b.spaceFreed.Broadcast()
	}
}

// pop returns the next frame or, if there is none, the next subscription with a response. Both may be nil.
func (b *outbox) pop() (frame []byte, o *operation) {
	if len(b.frames) > 0 {
		frame = b.frames[0]
		b.frames[0] = nil
		b.frames = b.frames[1:]
		b.bytes -= len(frame)
		b.signalSpace()
	} else if b.first != nil {
		o = b.first
		if b.first = o.nextReady; b.first == nil {
			b.last = nil
		}
		o.queued, o.nextReady = false, nil
	}
	if len(b.frames) == 0 { // so that an idle connection keeps no memory for them
		b.frames = nil
	}
	return frame, o
}

// send sends a frame that is not part of a subscription's response.
func (c *connection) send(frame []byte) {
	c.mu.Lock()
	if c.status == nil {
		c.outbox.add(frame)
	}
	c.write()
}

// awaitOutboxSpace waits until the client has read most of what is sent to it. It returns false when the connection is
// closed.
func (c *connection) awaitOutboxSpace() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.outbox.bytes > maxOutboxBytes && c.status == nil {
		if c.outbox.spaceFreed == nil {
			c.outbox.spaceFreed = sync.NewCond(&c.mu)
		}
		c.outbox.spaceFreed.Wait()
	}
	return c.status == nil
}

func (c *connection) hasOutboxSpace() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outbox.bytes <= maxOutboxBytes
}

// write sends what is in the outbox, as far as the socket accepts it at once; a goroutine writes the rest. If another
// goroutine is writing, write leaves everything to it. The caller holds the mutex, which write unlocks.
func (c *connection) write() {
	if c.outbox.writing {
		c.mu.Unlock()
		return
	}
	c.outbox.writing = true
	c.mu.Unlock()
	a := sockets.NewWriter()
	defer a.Release()
	for {
		own, shared, last := c.nextFrame(a.Buffer[:0])
		if own == nil {
			return
		}
		n, err := a.Write(c.raw, own, shared)
		switch {
		case err != nil:
			c.abandonWriting(closedByConnectionLoss)
			return
		case n < len(own)+len(shared):
			go c.continueWriting(rest(own, shared, n), last)
			return
		case last:
			c.flushed.Done()
			return
		}
	}
}

// nextFrame returns the next frame to write in two parts, of which the first may use the buffer. If there is none, it
// returns nil, and writing has ended. Nothing may be written after the last frame, which is the close frame.
func (c *connection) nextFrame(buffer []byte) (own, shared []byte, last bool) {
	for {
		c.mu.Lock()
		frame, o := c.outbox.pop()
		switch {
		case frame != nil:
			c.mu.Unlock()
			return frame, nil, false
		case o != nil:
			c.mu.Unlock()
			if own, shared = c.nextSubscriptionFrame(o, buffer); own != nil {
				return own, shared, false
			}
		case c.status != nil:
			c.mu.Unlock()
			return c.lastFrame(), nil, true // writing stays true, so that nothing is written any more
		default:
			c.outbox.writing = false
			c.mu.Unlock()
			return nil, nil, false
		}
	}
}

// rest returns what remains of a frame after n bytes. It copies the part that may be in a reused buffer.
func rest(own, shared []byte, n int) net.Buffers {
	if n >= len(own) {
		return net.Buffers{shared[n-len(own):]}
	}
	left := net.Buffers{append([]byte(nil), own[n:]...)}
	if len(shared) > 0 {
		left = append(left, shared)
	}
	return left
}

// continueWriting writes the rest of a frame that the socket did not accept at once, and then what has been added to
// the outbox meanwhile.
func (c *connection) continueWriting(rest net.Buffers, last bool) {
	var err error
	if c.events {
		err = c.writeParts(&rest)
	} else {
		c.handler.metrics.waiting.Inc()
		err = c.writeAll(&rest)
		c.handler.metrics.waiting.Dec()
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && c.events:
		c.abandonWriting(closedBySlowClient)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.disconnectSlowClient(rest)
	case err != nil:
		c.abandonWriting(closedByConnectionLoss)
	case last:
		c.flushed.Done()
	default:
		c.mu.Lock()
		c.outbox.writing = false
		c.write()
	}
}

// writeAll writes rest and removes from it what was written. It fails if the client accepts nothing for a WriteTimeout
// or, while the connection is closing, if the write lasts for a WriteTimeout. Progress shows that the client is alive,
// but only if the socket was full before: without a descriptor, writeAll does every write, and one that succeeds at
// once may only have reached the kernel.
func (c *connection) writeAll(rest *net.Buffers) error {
	for {
		_ = c.socket.SetWriteDeadline(time.Now().Add(c.handler.cfg.Limits.WriteTimeout)) // if it fails, so does the write
		n, err := rest.WriteTo(c.socket)
		if n > 0 && (c.raw != nil || errors.Is(err, os.ErrDeadlineExceeded)) {
			c.recordActivity()
		}
		if err == nil {
			return c.socket.SetWriteDeadline(time.Time{})
		}
		if n == 0 || c.isClosing() || !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
}

func (c *connection) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status != nil
}

// disconnectSlowClient closes a connection whose client does not read. It enlarges the kernel's buffer and tries to put
// into it the rest of the current frame and a close frame, so that a client that starts to read again learns what
// happened.
func (c *connection) disconnectSlowClient(rest net.Buffers) {
	c.mu.Lock()
	active := c.beginClose(closedBySlowClient)
	c.mu.Unlock()
	if s, ok := c.socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(4 * sendBuffer) // if it fails, so does the write
	}
	rest = append(rest, closeFrame(*c.status))
	_ = c.socket.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	_, _ = rest.WriteTo(c.socket) // best effort
	c.stopOperations(active)
	c.flushed.Done()
}

// abandonWriting closes a connection to which nothing can be written.
func (c *connection) abandonWriting(e closeStatus) {
	c.mu.Lock()
	active := c.beginClose(e)
	c.mu.Unlock()
	c.stopOperations(active)
	c.flushed.Done()
}
