package natsbus_test

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

var hint = live.Hint{
	Topic: "0198c0de-0000-7000-8000-000000000000", Since: 1, Version: 2,
	Users: []string{"0198c0de-0000-7000-8000-000000000001"},
}

// connected returns two buses that are connected to one server.
func connected(b *testing.B) (here, there *natsbus.Bus) {
	b.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	b.Cleanup(s.Shutdown)
	up := make(chan struct{}, 10)
	connect := func() *natsbus.Bus {
		bus, err := natsbus.Connect(s.ClientURL(), natsbus.Options{OnConnect: func() { up <- struct{}{} }})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(bus.Close)
		<-up
		return bus
	}
	return connect(), connect()
}

// BenchmarkPublish measures what a hint costs its publisher. It publishes faster than hints can be sent, so most are
// dropped.
func BenchmarkPublish(b *testing.B) {
	bus, _ := connected(b)
	b.ReportAllocs()
	for b.Loop() {
		bus.Publish(hint)
	}
}

// BenchmarkDelivery measures a hint from Publish at one bus to a subscriber of another, through a server on this
// machine.
func BenchmarkDelivery(b *testing.B) {
	here, there := connected(b)
	received := make(chan struct{}, 1)
	there.Subscribe(func(live.Hint) { received <- struct{}{} })
	b.ReportAllocs()
	for b.Loop() {
		here.Publish(hint)
		<-received
	}
}

// BenchmarkMessage measures encoding and decoding a hint.
func BenchmarkMessage(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		text, _ := natsbus.Encode(hint)
		if _, err := natsbus.Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
