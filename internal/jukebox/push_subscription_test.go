package jukebox_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/push"
)

// chrome is an endpoint as Chrome gets it from its push service.
const chrome = "https://fcm.googleapis.com/fcm/send/fJ3w:APA91bH"

// subscription returns a push subscription that the server accepts, with the keys of the example in RFC 8291.
func (p *fixture) subscription(endpoint string) push.Subscription {
	return push.Subscription{
		Endpoint: endpoint, Auth: "BTBZMqHH6r4Tts7J_aSIgg", PushKey: p.Push().Key(), Language: "de",
		P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
	}
}

func (p *fixture) pushSubscriptions() int {
	p.Helper()
	n, err := p.store.Read.PushSubscription.Query().Count(p.Context())
	p.must(err)
	return n
}

func TestOnlySubscriptionsOfKnownPushServicesAreAccepted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		for _, endpoint := range []string{
			chrome, "https://updates.push.services.mozilla.com/wpush/v2/gAAAA", "https://web.push.apple.com/QGuQ",
			"https://wns2-par02p.notify.windows.com/w/?token=BQYA", "https://FCM.googleapis.com:443/fcm/send/1",
		} {
			if err := p.Push().Subscribe(gina, p.room.ID, p.subscription(endpoint)); err != nil {
				t.Errorf("%s: %v", endpoint, err)
			}
		}
		valid := p.subscription(chrome)
		with := func(change func(*push.Subscription)) push.Subscription {
			s := valid
			change(&s)
			return s
		}
		faulty := map[string][]push.Subscription{
			"p256dh": {
				with(func(s *push.Subscription) { s.P256dh = "" }),
				with(func(s *push.Subscription) { s.P256dh = "B" + strings.Repeat("A", 86) }), // no point of the curve
				with(func(s *push.Subscription) { s.P256dh = valid.P256dh + "=" }),
			},
			"auth":     {with(func(s *push.Subscription) { s.Auth = "BTBZ" })},
			"pushKey":  {with(func(s *push.Subscription) { s.PushKey = valid.P256dh })},
			"language": {with(func(s *push.Subscription) { s.Language = "de\n" })},
		}
		for _, endpoint := range []string{
			"", "http://fcm.googleapis.com/x", "https://127.0.0.1/x", "https://localhost:8080/x", "https://[::1]/x",
			"https://169.254.169.254/latest/meta-data", "https://fcm.googleapis.com.evil.test/x", "https://push.apple.com/x",
			"https://evilpush.apple.com/x", "https://fcm.googleapis.com@evil.test/x", "https://fcm.googleapis.com:8443/x",
			"https://user@fcm.googleapis.com/x", "https://fcm.googleapis.com/x#y", "https://fcm.googleapis.com\\@evil.test/x",
			chrome + strings.Repeat("x", 1024),
		} {
			faulty["endpoint"] = append(faulty["endpoint"], p.subscription(endpoint))
		}
		for field, subscriptions := range faulty {
			for _, s := range subscriptions {
				if e := p.wants(party.BadUserInput, p.Push().Subscribe(gina, p.room.ID, s)); e.Field != field {
					t.Errorf("%+v is refused because of %s, want %s", s, e.Field, field)
				}
			}
		}
	})
}

func TestPushSubscriptionsAreBounded(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, lou := p.join("Gina"), p.join("Lou")
		var subscribing sync.WaitGroup
		for n := range 8 {
			subscribing.Go(func() {
				for range 2 { // the second time the same browser
					if err := p.Push().Subscribe(gina, p.room.ID, p.subscription(fmt.Sprint(chrome, n))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		subscribing.Wait()
		if n := p.pushSubscriptions(); n != 5 {
			t.Errorf("Gina has %d subscriptions, want 5", n)
		}
		kept, err := p.store.Read.PushSubscription.Query().First(p.Context())
		p.must(err)
		p.must(p.Push().Subscribe(lou, p.room.ID, p.subscription(kept.Endpoint))) // now Lou's browser
		p.must(p.Push().Unsubscribe(gina, p.room.ID, kept.Endpoint))              // it is no longer Gina's, so it stays
		if n := p.pushSubscriptions(); n != 5 {
			t.Errorf("there are %d subscriptions, want Gina's 4 and Lou's", n)
		}
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.wants(party.Conflict, p.Push().Subscribe(lou, p.room.ID, p.subscription(chrome)))
	})
}

func TestEndedPushSubscriptionsAreDeleted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		kim := p.newHost("Kim")
		over := p.openRoom(kim, "OVER")
		out, removed, gina := p.join("Otto"), p.join("Rita"), p.join("Gina")
		for n, who := range []context.Context{out, removed, gina} {
			p.must(p.Push().Subscribe(who, p.room.ID, p.subscription(fmt.Sprint(chrome, n))))
		}
		p.must(p.Push().Subscribe(kim, over.ID, p.subscription(chrome)))
		p.must(p.purger().Subscriptions(p.Context()))
		if n := p.pushSubscriptions(); n != 4 {
			t.Errorf("%d subscriptions are left, want all 4", n)
		}
		p.must(p.SignOut(out, ""))
		p.must(second(p.RemoveGuest(p.host, p.room.ID, p.id(removed), false)))
		p.must(second(p.CloseRoom(kim, over.ID, nil)))
		p.must(p.purger().Subscriptions(p.Context()))
		left, err := p.store.Read.PushSubscription.Query().All(p.Context())
		p.must(err)
		if len(left) != 1 || left[0].UserID != p.id(gina) {
			t.Errorf("%v are left, want Gina's", left)
		}
	})
}
