package natsbus_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/live/natsbus"
)

var _ live.MomentBus = (*natsbus.Bus)(nil)

// received returns the next moment that a process gets.
func received(t *testing.T, moments <-chan live.Moment) string {
	t.Helper()
	select {
	case m := <-moments:
		return fmt.Sprintf("%s: %s", m.Topic, m.Data)
	case <-time.After(timeout):
		return "nothing"
	}
}

func (p *process) moments() <-chan live.Moment {
	arrived := make(chan live.Moment, 10_000)
	p.OnMoment(func(m live.Moment) { arrived <- m })
	return arrived
}

func TestMomentsReachEveryProcessOnceAndApartFromHints(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	atA, atB := a.moments(), b.moments()
	a.Announce(live.Moment{Topic: "room", Data: []byte("one")})
	if len(atA) != 1 { // when Announce has returned
		t.Errorf("%d moments at the process itself, want 1", len(atA))
	}
	b.Announce(live.Moment{Topic: "room", Data: []byte("two")})
	for process, got := range map[string][2]string{
		"A": {received(t, atA), received(t, atA)}, "B": {received(t, atB), received(t, atB)},
	} {
		if got != [2]string{"room: one", "room: two"} && got != [2]string{"room: two", "room: one"} {
			t.Errorf("%s received %q", process, got)
		}
	}
	if len(a.hints())+len(b.hints()) > 0 {
		t.Error("a moment arrived as a hint")
	}
}

// A storm of moments delays no hint, loses none and logs nothing.
func TestManyMomentsDisplaceNoHint(t *testing.T) {
	url := startNATS(t).ClientURL()
	a, b := startProcess(t, url), startProcess(t, url)
	a.waitForConnection()
	b.waitForConnection()
	for n := range 5_000 {
		a.Announce(live.Moment{Topic: "room", Data: []byte(`{"FIRE":20}`)})
		if n%100 == 0 {
			a.Publish(live.Hint{Topic: "room", Since: int64(n), Version: int64(n + 1)})
		}
	}
	b.waitForHints(50)
	if a.count("dropped") != 0 {
		t.Errorf("%d hints were dropped", a.count("dropped"))
	}
}

func TestInvalidMomentsAreIgnored(t *testing.T) {
	server := startNATS(t)
	a := startProcess(t, server.ClientURL())
	a.waitForConnection()
	arrived := a.moments()
	conn, err := nats.Connect(server.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	long := make([]byte, 2_000)
	for _, message := range []string{``, `{}`, `{"t":"room","d":7}`, `{"d":"eA=="}`, `{"t":"` + string(long) + `"}`} {
		if err := conn.Publish("antwon.moments", []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Publish("antwon.moments", []byte(`{"t":"room","d":"eA==","new":1}`)); err != nil {
		t.Fatal(err)
	}
	if got := received(t, arrived); got != "room: x" || len(arrived) > 0 {
		t.Errorf("received %q, and then %d others", got, len(arrived))
	}
	a.waitForCount("invalid", 5)
}

// A moment that cannot be sent is lost, and nothing waits for it.
func TestMomentsAreLostWithoutNATS(t *testing.T) {
	server := startNATS(t)
	port := portOf(server)
	a, b := startProcess(t, server.ClientURL()), startProcess(t, server.ClientURL())
	a.waitForConnection()
	b.waitForConnection()
	arrived := b.moments()
	stop(server)
	a.log.waitFor(t, "the connection to NATS is lost")
	b.log.waitFor(t, "the connection to NATS is lost")
	a.Announce(live.Moment{Topic: "room", Data: []byte("lost")})
	startNATS(t, onPort(port))
	a.waitForConnection()
	b.waitForConnection()
	a.Announce(live.Moment{Topic: "room", Data: []byte("back")})
	if got := received(t, arrived); got != "room: back" {
		t.Errorf("received %q", got)
	}
}
