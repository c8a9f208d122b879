package server

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"github.com/pires/go-proxyproto"
)

// ListenBehindProxy returns a listener whose connections have the remote address that a trusted proxy sends in the
// PROXY protocol, 1 or 2. It does not change connections of other peers, so a PROXY header of theirs is an invalid
// request.
func ListenBehindProxy(listener net.Listener, trusted []netip.Prefix) net.Listener {
	return proxyListener{&proxyproto.Listener{
		Listener: listener,
		ConnPolicy: func(of proxyproto.ConnPolicyOptions) (proxyproto.Policy, error) {
			peer, err := netip.ParseAddrPort(of.Upstream.String())
			if err != nil || !isTrusted(trusted, plain(peer.Addr())) {
				return proxyproto.SKIP, nil
			}
			return proxyproto.USE, nil
		},
	}}
}

type proxyListener struct{ net.Listener }

func (l proxyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if passedOn, ok := conn.(*proxyproto.Conn); ok {
		return proxyConn{passedOn}, err
	}
	return conn, err
}

// proxyConn gives access to the socket, which gqlserver needs to write to WebSockets without waiting.
type proxyConn struct{ *proxyproto.Conn }

func (c proxyConn) SyscallConn() (syscall.RawConn, error) {
	if socket, ok := c.Raw().(syscall.Conn); ok {
		return socket.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
