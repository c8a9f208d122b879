package jukebox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/push"
	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testpush"
)

// guestWithNotices is a party with a push service, and a guest whose browser has subscribed there.
type guestWithNotices struct {
	*fixture
	service *testpush.Service
	gina    context.Context
	browser *testpush.Browser
}

func newGuestWithNotices(p *fixture) *guestWithNotices {
	p.Helper()
	service := testpush.Start(p)
	p.push.Subject, p.push.Hosts = "https://party.test", []string{service.Host()}
	p.push.Transport = service.Client().Transport
	g := &guestWithNotices{fixture: p.replica(p.bus), service: service, gina: p.join("Gina"), browser: service.Subscribe()}
	g.metrics = p.metrics
	g.must(g.subscribe(g.gina, g.browser))
	return g
}

func (g *guestWithNotices) subscribe(who context.Context, b *testpush.Browser) error {
	return g.Push().Subscribe(who, g.room.ID, push.Subscription{
		Endpoint: b.Endpoint, P256dh: b.P256dh, Auth: b.Auth, PushKey: g.Push().Key(), Language: "de",
	})
}

// told sends all waiting notices, and returns those that Gina's browser has received so far.
func (g *guestWithNotices) told() string {
	g.Helper()
	stopped, stop := context.WithCancel(g.Context())
	stop()
	g.must(g.Push().Run(stopped, time.Minute))
	var kinds []string
	for _, text := range g.browser.Texts() {
		var notice struct{ Kind, Song string }
		g.must(json.Unmarshal([]byte(text), &notice))
		kinds = append(kinds, notice.Kind+" "+notice.Song)
	}
	return strings.Join(kinds, ", ")
}

// next hands Gina's song over while another one plays.
func (g *guestWithNotices) next() (playing, item *party.QueueItem) {
	g.Helper()
	playing, item = g.play(1), g.add(g.gina, 2)
	g.told() // of the host's song, to nobody
	g.step(party.PlaybackStep{CommitItem: item.ID})
	return playing, item
}

// begin starts a song after another one.
func (g *guestWithNotices) begin(playing, item *party.QueueItem) {
	g.Helper()
	g.step(party.PlaybackStep{EndedItem: playing.ID, StartedItem: item.ID})
}

// notices returns how many notices had an outcome.
func (p *fixture) notices(outcome string) int {
	p.Helper()
	families, err := p.metrics.Gather()
	p.must(err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "antwon_notices_total" && metric.GetLabel()[0].GetValue() == outcome {
				return int(metric.GetCounter().GetValue())
			}
		}
	}
	p.Fatalf("notices that were %s are not counted", outcome)
	return 0
}

func TestGuestIsToldThatTheirSongIsNextAndPlays(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		playing, item := g.next()
		g.expect("what Gina is told", g.told(), "NEXT Song 2")
		g.begin(playing, item)
		g.expect("what Gina is told", g.told(), "NEXT Song 2, PLAYING Song 2")

		messages := g.browser.Messages()
		g.expect("the notice", messages[0].Text,
			`{"kind":"NEXT","code":"PARTY","room":"Hanna","song":"Song 2","language":"de"}`)
		for i, most := range []int{20, 60} {
			if m := messages[i]; m.TTL > most || m.TTL < most-10 || m.Topic != "song" || m.Urgency != "high" ||
				m.Key != g.Push().Key() || m.Subject != "https://party.test" {
				t.Errorf("the message is %+v", m)
			}
		}
		if n := g.notices("sent"); n != 2 {
			t.Errorf("%d notices are counted as sent", n)
		}
	})
}

func TestNothingIsSentToThoseWhoMayNoLongerBeTold(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		id := func(g *guestWithNotices) string { return g.id(g.gina) }
		for name, end := range map[string]func(g *guestWithNotices, item *party.QueueItem) error{
			"removed": func(g *guestWithNotices, _ *party.QueueItem) error {
				return second(g.RemoveGuest(g.host, g.room.ID, id(g), false))
			},
			"banned": func(g *guestWithNotices, _ *party.QueueItem) error {
				return second(g.RemoveGuest(g.host, g.room.ID, id(g), true))
			},
			"signed out": func(g *guestWithNotices, _ *party.QueueItem) error { return g.SignOut(g.gina, "") },
			"session expired": func(g *guestWithNotices, _ *party.QueueItem) error {
				return g.execute("UPDATE sessions SET expires_at = ? WHERE user_id = ?", time.Now().UTC(), id(g))
			},
			"room closed": func(g *guestWithNotices, _ *party.QueueItem) error {
				return second(g.CloseRoom(g.host, g.room.ID, nil))
			},
			"unsubscribed": func(g *guestWithNotices, _ *party.QueueItem) error {
				return g.Push().Unsubscribe(g.gina, g.room.ID, g.browser.Endpoint)
			},
			"no longer next": func(g *guestWithNotices, item *party.QueueItem) error {
				return g.tryStep(party.PlaybackStep{ReturnedItem: item.ID})
			},
			"removed by a host": func(g *guestWithNotices, item *party.QueueItem) error {
				return second(g.RemoveQueueItem(g.host, item.ID, nil))
			},
			"nothing plays": func(g *guestWithNotices, _ *party.QueueItem) error {
				return g.execute("UPDATE queue_items SET state = 'PLAYED' WHERE state = 'PLAYING'")
			},
			"the key is gone": func(g *guestWithNotices, _ *party.QueueItem) error {
				return g.execute("UPDATE push_subscriptions SET push_key = 'old'")
			},
		} {
			here := *p
			here.host = p.newHost(name)
			here.room = p.openRoom(here.host, strings.ToUpper("X-"+strings.ReplaceAll(name, " ", "-")))
			g := newGuestWithNotices(&here)
			_, item := g.next()
			g.must(end(g, item))
			if told := g.told(); told != "" || g.service.Requests() != 0 {
				t.Errorf("%s: Gina is told %q by %d requests", name, told, g.service.Requests())
			}
			g.must(g.execute("DELETE FROM push_subscriptions"))
		}
	})
}

// execute changes the database as time, or another server, would.
func (p *fixture) execute(statement string, args ...any) error {
	return p.store.InTx(p.Context(), func(tx *ent.Tx) error {
		return second(tx.ExecContext(p.Context(), statement, args...))
	})
}

func TestSongIsAnnouncedOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		_, item := g.next()
		other := *g
		other.fixture = g.replica(live.NewLocalBus())
		other.Push().Announce(g.room.ID, party.PlaybackStep{CommitItem: item.ID})
		var sending sync.WaitGroup
		for _, server := range []*guestWithNotices{g, &other} {
			sending.Go(func() { server.told() })
		}
		sending.Wait()
		g.step(party.PlaybackStep{ReturnedItem: item.ID})
		g.step(party.PlaybackStep{CommitItem: item.ID})
		g.expect("what Gina is told", g.told(), "NEXT Song 2")
	})
}

func TestSubscriptionThatThePushServiceForgotIsDeleted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for _, status := range []int{http.StatusNotFound, http.StatusGone} {
			here := *p
			here.host = p.newHost(fmt.Sprint(status))
			here.room = p.openRoom(here.host, fmt.Sprint("GONE-", status))
			g := newGuestWithNotices(&here)
			g.service.Answer(status)
			g.next()
			g.expect("what Gina is told", g.told(), "")
			if n := g.pushSubscriptions(); n != 0 || g.service.Requests() != 1 || g.notices("gone") != 1 {
				t.Errorf("after %d: %d subscriptions, %d requests", status, n, g.service.Requests())
			}
		}
	})
}

// One refusal may be the fault of the server, such as a wrong clock. If refusals go on for an hour, the subscription is
// at fault.
func TestSubscriptionThatThePushServiceRefusesForAnHourIsDeleted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		playing, item := g.next()
		g.told()
		refuse := func(status int, firstRefused time.Duration) {
			p.Helper()
			g.must(g.execute("UPDATE push_subscriptions SET refused_since = ? WHERE refused_since IS NOT NULL",
				time.Now().UTC().Add(-firstRefused)))
			g.must(g.execute("UPDATE push_subscriptions SET announced = ''"))
			g.service.Answer(status)
			g.Push().Announce(g.room.ID, party.PlaybackStep{CommitItem: item.ID})
			g.told()
		}
		refuse(http.StatusForbidden, 0)
		refuse(http.StatusBadRequest, 55*time.Minute)
		if n := g.pushSubscriptions(); n != 1 || g.notices("refused") != 2 {
			t.Fatalf("after refusals within an hour: %d subscriptions, %d refused", n, g.notices("refused"))
		}
		g.begin(playing, item)
		g.expect("what Gina is told", g.told(), "NEXT Song 2, PLAYING Song 2") // so earlier refusals no longer count
		item = g.add(g.gina, 3)
		g.step(party.PlaybackStep{CommitItem: item.ID})
		g.told()
		refuse(http.StatusForbidden, 2*time.Hour)
		if n := g.pushSubscriptions(); n != 1 {
			t.Fatal("a refusal counts from before the last message that was accepted")
		}
		g.must(g.subscribe(g.gina, g.browser)) // the page is opened again, which changes nothing
		refuse(http.StatusForbidden, 61*time.Minute)
		if n := g.pushSubscriptions(); n != 0 {
			t.Error("a subscription that was refused for an hour is still there")
		}
	})
}

func TestBusyPushServiceIsAskedAgainAFewTimes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		g.service.Answer(http.StatusServiceUnavailable)
		g.service.AnswerBusy(1)
		playing, item := g.next()
		g.expect("what Gina is told", g.told(), "NEXT Song 2")

		g.service.Answer(500, 502, 503)
		g.begin(playing, item)
		g.expect("what Gina is told", g.told(), "NEXT Song 2")
		if g.service.Requests() != 6 || g.notices("failed") != 1 || g.pushSubscriptions() != 1 {
			t.Errorf("%d requests", g.service.Requests())
		}
	})
}

func TestPushServiceIsNotAskedAgainInVain(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		g.service.AnswerBusy(3600)
		playing, item := g.next()
		g.expect("what Gina is told while the service wants no requests", g.told(), "")
		g.service.Answer(http.StatusForbidden)
		g.begin(playing, item)
		g.expect("what Gina is told by a service that refuses", g.told(), "")
		if g.service.Requests() != 2 || g.notices("failed") != 1 || g.notices("refused") != 1 {
			t.Errorf("%d requests", g.service.Requests())
		}
	})
}

func TestRedirectsOfPushServicesAreNotFollowed(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		g.service.Redirect(g.browser.Endpoint)
		g.next()
		g.expect("what Gina is told", g.told(), "")
		if n := g.service.Requests(); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

// Nothing reads the queue: notices that do not fit are dropped at once, and counted.
func TestFullQueueOfNoticesDelaysNobody(t *testing.T) {
	t.Parallel()
	p := newParty(t, testdb.SQLite(t))
	item := p.add(p.host, 1)
	for range 300 {
		p.Push().Announce(p.room.ID, party.PlaybackStep{StartedItem: item.ID})
	}
	if n := p.notices("dropped"); n != 44 {
		t.Errorf("%d notices were dropped, want 44", n)
	}
}

// A server that stops sends waiting notices for as long as it has time, and counts the rest.
func TestStoppingServerDropsNoticesThatTakeTooLong(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		g := newGuestWithNotices(p)
		g.service.AnswerBusy(10) // seconds, after which the notice would still be useful
		g.next()
		stopped, stop := context.WithCancel(g.Context())
		stop()
		g.must(g.Push().Run(stopped, time.Second))
		if g.notices("failed")+g.notices("dropped") != 1 || len(g.browser.Texts()) != 0 {
			t.Errorf("the browser got %v", g.browser.Texts())
		}
	})
}

// All servers with the same secret have the same push key, and servers with another secret have another one. A server
// whose secret was replaced still sends to earlier subscriptions.
func TestPushKeysFollowTheSecret(t *testing.T) {
	derive := func(secrets ...string) push.Keys {
		t.Helper()
		var all [][]byte
		for _, secret := range secrets {
			all = append(all, []byte(strings.Repeat(secret, 32)))
		}
		keys, err := push.DeriveKeys(all)
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	if !slices.Equal(derive("a"), derive("a")) || slices.Equal(derive("a"), derive("b")) {
		t.Error("the keys do not follow the secret")
	}
	onBothDatabases(t, func(p *fixture) {
		p.push.Keys = derive("old")
		g := newGuestWithNotices(p)
		p.push.Keys = derive("new", "old")
		g.fixture = p.replica(p.bus)
		g.next()
		g.expect("what Gina is told", g.told(), "NEXT Song 2")
		if key := g.browser.Messages()[0].Key; key == g.Push().Key() {
			t.Error("the message was sent with the new key, which the browser's push service refuses")
		}
	})
}
