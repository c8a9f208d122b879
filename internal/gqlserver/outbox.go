package gqlserver

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// maxWaiting is how many bytes of a connection's own messages may wait until its client's next message is read: who asks
// faster than they read has to wait.
const maxOutboxBytes = 64 << 10

// outbox is what a connection has to send: its own frames, and subscriptions with something to take. Subscriptions do not
// wait as bytes, so a client that is slow costs no memory; when it can be written to again, it gets what is newest then.
// All is guarded by the connection's mutex.
type outbox struct {
	writing    bool     // somebody writes, and goes on until there is nothing left
	frames     [][]byte // whole frames
	bytes      int      // of frames
	ready      []*operation
	spaceFreed sync.Cond // signalled when bytes went down, and at the end
}

func (b *outbox) add(frame []byte) {
	b.frames = append(b.frames, frame)
	b.bytes += len(frame)
}

func (b *outbox) clear() {
	b.frames, b.ready, b.bytes = nil, nil, 0
	b.spaceFreed.Broadcast()
}

// pop returns the next frame, or the next subscription to take from.
func (b *outbox) pop() (frame []byte, o *operation) {
	if len(b.frames) > 0 {
		frame = b.frames[0]
		b.frames[0] = nil
		b.frames = b.frames[1:]
		b.bytes -= len(frame)
		b.spaceFreed.Broadcast()
	} else if len(b.ready) > 0 {
		o = b.ready[0]
		b.ready[0] = nil
		b.ready = b.ready[1:]
		o.queued = false
	}
	if len(b.frames)+len(b.ready) == 0 { // an idle connection keeps no memory for them
		b.frames, b.ready = nil, nil
	}
	return frame, o
}

// send sends a frame of the connection's own.
func (c *connection) send(frame []byte) {
	c.mu.Lock()
	if c.status == nil {
		c.outbox.add(frame)
	}
	c.write()
}

// awaitRoom waits until the client has read most of what it asked for. It reports false when the connection has ended.
func (c *connection) awaitOutboxSpace() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.outbox.bytes > maxOutboxBytes && c.status == nil {
		c.outbox.spaceFreed.Wait()
	}
	return c.status == nil
}

// write sends what is in the outbox, unless somebody is at it, as far as the socket takes it at once; what it does not take
// is left to a goroutine. The mutex is held by the caller, and released.
func (c *connection) write() {
	if c.outbox.writing {
		c.mu.Unlock()
		return
	}
	c.outbox.writing = true
	c.mu.Unlock()
	a := nonblockingWrites.Get().(*nonblockingWrite)
	defer a.release()
	for {
		own, shared, last := c.nextFrame(a.buffer[:0])
		if own == nil {
			return
		}
		n, err := a.write(c.raw, own, shared)
		switch {
		case err != nil:
			c.abandonWriting(closedByConnectionLoss)
			return
		case n < len(own)+len(shared):
			go c.continueWriting(rest(own, shared, n), last)
			return
		case last:
			close(c.flushed)
			return
		}
	}
}

// nextFrame returns the next frame to write, in two parts of which the first one may use the buffer; none, if there is none
// and writing has ended. After the last one nothing may be written.
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
			return closeFrame(*c.status), nil, true // writing stays set: nobody writes any more
		default:
			c.outbox.writing = false
			c.mu.Unlock()
			return nil, nil, false
		}
	}
}

// rest returns what is left of a frame after n bytes. What may stand in a buffer that is used again is copied.
func rest(own, shared []byte, n int) net.Buffers {
	if n >= len(own) {
		return net.Buffers{shared[n-len(own):]}
	}
	return net.Buffers{append([]byte(nil), own[n:]...), shared}
}

// writeOn writes on where the socket did not take everything, and then what has come meanwhile.
func (c *connection) continueWriting(rest net.Buffers, last bool) {
	c.handler.metrics.waiting.Inc()
	err := c.writeAll(&rest)
	c.handler.metrics.waiting.Dec()
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.disconnectSlowClient(rest)
	case err != nil:
		c.abandonWriting(closedByConnectionLoss)
	case last:
		close(c.flushed)
	default:
		c.mu.Lock()
		c.outbox.writing = false
		c.write()
	}
}

// writeAll takes as long as the client takes something. It fails when a whole timeout has passed without that, or one at
// all where the connection is ending. What was written is gone from rest.
func (c *connection) writeAll(rest *net.Buffers) error {
	for {
		_ = c.socket.SetWriteDeadline(time.Now().Add(c.handler.cfg.Limits.WriteTimeout)) // if it fails, so does the write
		n, err := rest.WriteTo(c.socket)
		if n > 0 {
			c.recordActivity() // a client that takes something is there
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

// giveUp ends a connection whose client does not read. What is left of a frame that it has begun to read, and a close frame,
// go into a larger buffer of the kernel's, if they fit: so a client that wakes up learns what happened.
func (c *connection) disconnectSlowClient(rest net.Buffers) {
	c.mu.Lock()
	active := c.beginClose(closedBySlowClient)
	c.mu.Unlock()
	if s, ok := c.socket.(interface{ SetWriteBuffer(int) error }); ok {
		_ = s.SetWriteBuffer(4 * sendBuffer) // if it fails, so does the write
	}
	rest = append(rest, closeFrame(*c.status))
	_ = c.socket.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	_, _ = rest.WriteTo(c.socket) // an attempt
	c.stopOperations(active)
	close(c.flushed)
}

// lose ends a connection to which nothing can be written.
func (c *connection) abandonWriting(e closeStatus) {
	c.mu.Lock()
	active := c.beginClose(e)
	c.mu.Unlock()
	c.stopOperations(active)
	close(c.flushed)
}
