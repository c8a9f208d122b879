package jukebox_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// Gina's song leads, until she has been away for ten minutes, and again as soon as she is back.
func TestSongsOfAGuestWhoLeftWait(t *testing.T) {
	for _, mode := range []party.OrderMode{party.OrderLikes, party.OrderFair, party.OrderTurns} {
		onBothInBubble(t, func(p *fixture) {
			p.settle(party.SettingsChange{AwayAfterMinutes: pointer(10), OrderMode: &mode})
			gina, ben := p.join("Gina"), p.join("Ben")
			leave := p.arrive(gina)
			p.arrive(ben)
			p.like(ben, p.add(gina, 1))
			p.add(ben, 2)
			p.notePresence(time.Minute)
			p.expect("while both are here", p.queue(), "1 2")

			leave()
			p.notePresence(11 * time.Minute)
			p.expect("ten minutes later she still counts as here", p.queue(), "1 2")
			p.notePresence(3 * time.Minute)
			p.expect("after that", p.queue(), "2 1")
			entry := p.state().Schedule(time.Now()).Entries[1]
			if entry.Reason != party.OrderAway || entry.Message != "Gina is away, so this song waits until they are back." {
				p.Errorf("the reason is %s: %s", entry.Reason, entry.Message)
			}
			known, err := jukebox.Count(p.Context(), p.store, "SELECT count(*) FROM memberships WHERE seen_at IS NOT NULL")
			p.must(err)
			if known != 1 {
				p.Errorf("%d members have a stored time of presence, want only Ben", known)
			}

			p.arrive(gina)
			p.expect("when she is back", p.queue(), "1 2")
		})
	}
}

func TestSongsOfHostsNeverWait(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(1)})
		cara, ben := p.join("Cara"), p.join("Ben")
		for _, leave := range []func(){p.arrive(p.host), p.arrive(cara)} {
			leave()
		}
		p.arrive(ben)
		p.add(p.host, 1)
		p.add(cara, 2)
		p.add(ben, 3)
		p.notePresence(5 * time.Minute)
		p.expect("a guest's song waits", p.queue(), "1 3 2")
		_, err := p.SetRole(p.host, p.room.ID, p.id(cara), party.RoleCohost)
		p.must(err)
		p.expect("a co-host's does not", p.queue(), "1 2 3")
		told, err := jukebox.Count(p.Context(), p.store, "SELECT count(*) FROM rooms WHERE away_version = version")
		p.must(err)
		if told != 1 {
			p.Error("servers that skip the version of this change do not learn that the order was another one")
		}
		p.notePresence(5 * time.Minute)
		p.expect("and stays", p.queue(), "1 2 3")
	})
}

// A guest who signs out counts as having left, too.
func TestSongsOfAGuestWhoSignedOutWait(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(1)})
		joined, err := p.JoinRoom(account.WithCaller(p.Context(), account.Caller{}), "PARTY", "Gina")
		p.must(err)
		gina, ben := p.as(&joined.Session), p.join("Ben")
		leave := p.arrive(gina)
		p.arrive(ben)
		p.add(gina, 1)
		p.add(ben, 2)
		leave()
		p.must(p.SignOut(gina, joined.Session.Refresh))
		p.notePresence(2 * time.Minute)
		p.expect("the queue", p.queue(), "2 1")
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(0)})
		p.expect("without the rule", p.queue(), "1 2")
	})
}

// Gina left before the host set AwayAfterMinutes: she counts as having left at the moment when it was set. Oma has no
// phone, so she cannot leave.
func TestSongsOfAGuestWhoLeftBeforeTheRuleWait(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		leave := p.arrive(gina)
		p.arrive(ben)
		p.add(gina, 1)
		p.must(second(p.AddSongFor(p.host, p.room.ID, uri(2), nil, pointer("Oma"), nil)))
		p.add(ben, 3)
		leave()
		p.notePresence(time.Hour)
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(10)})
		p.notePresence(9 * time.Minute)
		p.expect("nine minutes later", p.queue(), "1 2 3")
		if present := p.state().Present; present != 1 {
			p.Errorf("%d are present, want Ben", present)
		}
		p.notePresence(2 * time.Minute)
		p.expect("eleven minutes later", p.queue(), "2 3 1")
		p.arrive(gina)
		p.expect("when she is back", p.queue(), "1 2 3")
	})
}

// Gina is a co-host, and Hanna is away, so that her songs wait. Gina logs in as Hanna, who thereby becomes a co-host:
// songs of co-hosts never wait.
func TestSongsOfHostsDoNotWaitAfterALogin(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(1)})
		gina, session := p.guest("Gina")
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)))
		host := p.login("hanna", "")
		hanna := p.as(host)
		p.must(second(p.JoinRoom(hanna, p.room.Code, "Hanna")))
		ben := p.join("Ben")
		p.arrive(hanna)()
		p.arrive(ben)
		p.add(hanna, 1)
		p.add(ben, 2)
		p.notePresence(5 * time.Minute)
		p.expect("Hanna's song waits", p.queue(), "2 1")
		p.login("hanna", session.Refresh)
		p.expect("a co-host's does not", p.queue(), "1 2")
		p.notePresence(5 * time.Minute)
		p.expect("and stays", p.queue(), "1 2")
	})
}

// Two members are merged when a guest logs in: the merged member is present if either of them was.
func TestMergedGuestIsHereIfEitherWas(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.settle(party.SettingsChange{AwayAfterMinutes: pointer(1)})
		gina, session := p.guest("Gina")
		host := p.login("hanna", "")
		p.must(second(p.JoinRoom(p.as(host), p.room.Code, "Hanna")))
		leave := p.arrive(p.as(host))
		ben := p.join("Ben")
		p.arrive(ben)
		p.arrive(gina)
		p.add(gina, 1)
		p.add(ben, 2)
		leave()
		p.notePresence(5 * time.Minute)
		p.login("hanna", session.Refresh)
		p.expect("the queue", p.queue(), "1 2")
		known, err := jukebox.Count(p.Context(), p.store, "SELECT count(*) FROM memberships WHERE seen_at IS NOT NULL")
		p.must(err)
		if known != 2 {
			p.Errorf("%d members have a stored time of presence, want Ben and Hanna", known)
		}
	})
}
