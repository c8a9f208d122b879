//go:build linux

package load

import (
	"errors"
	"fmt"
	"syscall"
)

const (
	readBytes   = 64 << 10
	pollEvents  = 256
	pollTimeout = 50 // milliseconds, after which the loop checks whether the clients are closing
)

// loop reads from all clients until they are closing and disconnected.
func (c *Clients) loop() {
	events := make([]syscall.EpollEvent, pollEvents)
	buffer := make([]byte, readBytes)
	for {
		n, err := syscall.EpollWait(c.epoll, events, pollTimeout)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			c.mu.Lock()
			c.fail(fmt.Errorf("epoll: %w", err))
			c.mu.Unlock()
			return
		}
		if !c.handle(events[:max(n, 0)], buffer) {
			return
		}
	}
}

// handle reads once from each socket that has something to read; if there is more, the next epoll reports it again. It
// returns false when the loop shall end.
func (c *Clients) handle(events []syscall.EpollEvent, buffer []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, event := range events {
		one := c.all[event.Fd]
		if one.fd < 0 {
			continue // an earlier event has disconnected it
		}
		if err := one.read(buffer); err != nil {
			c.handleLost(one, err)
		}
	}
	return !c.closing || c.anyConnected()
}

func (c *Clients) anyConnected() bool {
	for _, one := range c.all {
		if one.fd >= 0 {
			return true
		}
	}
	return false
}

// poll makes the loop read from the client's socket.
func (c *Clients) poll(one *client) error {
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(one.index)} // not the descriptor, which may be reused
	if err := syscall.EpollCtl(c.epoll, syscall.EPOLL_CTL_ADD, one.fd, &event); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}
