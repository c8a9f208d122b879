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
	pollTimeout = 50 // ms after which the loop looks whether everybody has left
)

// loop serves all clients until they leave.
func (c *Crowd) loop() {
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
		if !c.serve(events[:max(n, 0)], buffer) {
			return
		}
	}
}

// serve reads once from each socket that has something; the next round tells if there is more. It reports false when
// everybody is to leave and has left.
func (c *Crowd) serve(events []syscall.EpollEvent, buffer []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, event := range events {
		one := c.clients[event.Fd]
		if one.fd < 0 {
			continue // disconnected earlier in this round
		}
		if err := one.read(buffer); err != nil {
			c.lost(one, err)
		}
	}
	return !c.leaving || c.connected()
}

func (c *Crowd) connected() bool {
	for _, one := range c.clients {
		if one.fd >= 0 {
			return true
		}
	}
	return false
}

// watch has the loop told when the client's socket has something to read.
func (c *Crowd) watch(one *client) error {
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(one.index)}
	if err := syscall.EpollCtl(c.epoll, syscall.EPOLL_CTL_ADD, one.fd, &event); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}
