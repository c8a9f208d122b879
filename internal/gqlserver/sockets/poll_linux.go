package sockets

import (
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

const pollEvents = 128 // that are fetched at once

// Poller waits with one goroutine for many sockets, by epoll. That goroutine waits for the epoll as others do for their
// sockets, so it occupies no thread. Each socket is reported once, and then has to be resumed. The mutex is held during
// OnReadable, which therefore is never called after Remove has returned.
type Poller struct {
	mu         sync.Mutex
	epoll      *os.File       // nil until the first socket comes
	fd         int            // of epoll
	sockets    []polledSocket // by descriptor
	generation uint32
	closed     bool
	running    sync.WaitGroup // the goroutine
}

type polledSocket struct {
	generation uint32 // 0: nobody waits for this descriptor
	waiting    Pollable
}

// Add begins to wait for a socket, which has to be removed before it is closed, and sets its place before it is
// reported. It returns false if that is not possible: then the caller has to read by itself.
func (p *Poller) Add(socket syscall.RawConn, waiting Pollable, place *Place, onlyEnd bool) (ok bool) {
	if socket == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.epoll == nil && p.open() != nil {
		return false
	}
	err := socket.Control(func(fd uintptr) { *place, ok = p.addDescriptor(int(fd), waiting, onlyEnd) })
	return ok && err == nil
}

// addDescriptor registers a descriptor that is open during the call. The caller holds the mutex.
func (p *Poller) addDescriptor(fd int, waiting Pollable, onlyEnd bool) (Place, bool) {
	if p.generation++; p.generation == 0 {
		p.generation = 1
	}
	if fd >= len(p.sockets) {
		p.sockets = slices.Grow(p.sockets, fd+1-len(p.sockets))[:fd+1]
	}
	place := Place{int32(fd), p.generation, onlyEnd} //nolint:gosec // a descriptor fits
	if p.control(unix.EPOLL_CTL_ADD, place) != nil {
		return Place{}, false
	}
	p.sockets[fd] = polledSocket{p.generation, waiting}
	return place, true
}

// control changes what the epoll does about a socket. An event carries the generation, because it may have been fetched
// before its socket was closed, and another one may have the descriptor now.
func (p *Poller) control(operation int, place Place) error {
	events := uint32(unix.EPOLLRDHUP | unix.EPOLLONESHOT)
	if !place.onlyEnd {
		events |= unix.EPOLLIN
	}
	return unix.EpollCtl(p.fd, operation, int(place.fd), &unix.EpollEvent{
		Events: events, Fd: place.fd, Pad: int32(place.generation), //nolint:gosec // only compared
	})
}

// Resume makes the Poller report a socket again after its OnReadable has returned false. It does nothing after Remove.
func (p *Poller) Resume(place Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.has(place) {
		_ = p.control(unix.EPOLL_CTL_MOD, place) // fails only for a descriptor that is not registered
	}
}

// Remove ends the waiting for a socket. Afterwards the socket may be closed, and OnReadable is not called any longer.
func (p *Poller) Remove(place Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.has(place) {
		_ = p.control(unix.EPOLL_CTL_DEL, place) // fails only for a descriptor that is not registered
		p.sockets[place.fd] = polledSocket{}
	}
}

// has reports whether the Poller waits for a socket. The caller holds the mutex.
func (p *Poller) has(place Place) bool {
	return place.generation != 0 && !p.closed && p.sockets[place.fd].generation == place.generation
}

// open opens the epoll and starts the goroutine. The caller holds the mutex.
func (p *Poller) open() error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(fd, true); err != nil { // so that os waits for it by the runtime's own epoll
		return errors.Join(err, unix.Close(fd))
	}
	p.epoll, p.fd = os.NewFile(uintptr(fd), "epoll"), fd
	conn, err := p.epoll.SyscallConn()
	if err != nil {
		err = errors.Join(err, p.epoll.Close())
		p.epoll = nil
		return err
	}
	p.running.Go(func() { p.run(conn) })
	return nil
}

// run is the goroutine. It ends when the epoll is closed.
func (p *Poller) run(epoll syscall.RawConn) {
	events, buffer := make([]unix.EpollEvent, pollEvents), make([]byte, pollBuffer)
	for {
		n := 0
		err := epoll.Read(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events, 0) // fails only if it is interrupted
			return n > 0
		})
		if err != nil {
			return
		}
		for _, event := range events[:n] {
			p.report(event.Fd, uint32(event.Pad), buffer) //nolint:gosec // as it was put there
		}
	}
}

func (p *Poller) report(fd int32, generation uint32, buffer []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place := Place{fd: fd, generation: generation}
	if p.has(place) && p.sockets[fd].waiting.OnReadable(buffer) {
		_ = p.control(unix.EPOLL_CTL_MOD, place) // fails only for a descriptor that is not registered
	}
}

// Close ends the goroutine. The sockets that are left are not reported any longer.
func (p *Poller) Close() {
	p.mu.Lock()
	epoll := p.epoll
	p.closed, p.epoll, p.sockets = true, nil, nil
	p.mu.Unlock()
	if epoll != nil {
		_ = epoll.Close() // even if it fails, no socket is reported any longer
	}
	p.running.Wait()
}
