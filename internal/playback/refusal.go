package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// This file decides what a refusal by Spotify means: that a song cannot be played, that the host's account may not do
// something, or nothing at all, because Spotify accepts the next attempt.

const (
	// minRefusals and minRefusalSpan are how often, and over which time, Spotify has to refuse something before it counts
	// as not allowed. If the same thing was allowed within recentlyAllowed, the span is longer.
	minRefusals       = 3
	minRefusalSpan    = 5 * time.Second
	recentlyAllowed   = 5 * time.Minute
	minRefusalSpanNow = 20 * time.Second
	// forgetRefusals is how long a refusal counts if no other one follows.
	forgetRefusals = 5 * time.Minute
	// firstProbe and lastProbe bound the time after which something that is not allowed is tried again.
	firstProbe = 2 * time.Minute
	lastProbe  = 30 * time.Minute
)

// permission is whether Spotify lets the host's account do something, judging by the answers to different calls. The
// zero value means that it does.
type permission struct {
	refusals    int // in a row
	first, last time.Time
	allowedAt   time.Time // when it was allowed last
	denied      bool      // there were enough refusals to count as a fact
	probes      int       // how often it was tried again since then
}

// refused returns the permission after another refusal.
func (p permission) refused(now time.Time) permission {
	switch {
	case p.denied && now.Before(p.probeAt()): // no probe, but a command that was due anyway
		return p
	case p.denied:
		p.last, p.probes = now, p.probes+1
		return p
	}
	if p.refusals == 0 || now.Sub(p.last) > forgetRefusals {
		p.refusals, p.first = 0, now
	}
	p.refusals, p.last = p.refusals+1, now
	p.denied = p.refusals >= minRefusals && now.Sub(p.first) >= refusalSpan(p.allowedAt, p.first)
	return p
}

// refusalSpan returns over which time something has to be refused, given when it was allowed last and refused first.
func refusalSpan(allowed, first time.Time) time.Duration {
	if !allowed.IsZero() && first.Sub(allowed) < recentlyAllowed {
		return minRefusalSpanNow
	}
	return minRefusalSpan
}

// allowed returns the permission after a success.
func (p permission) allowed(now time.Time) permission { return permission{allowedAt: now} }

// probeAt returns when something that is denied is to be tried again.
func (p permission) probeAt() time.Time {
	return p.last.Add(min(firstProbe<<min(p.probes, 10), lastProbe))
}

// noPremium reports whether Spotify starts nothing for this host.
func (d *decision) noPremium() bool { return d.memory.premium.denied }

// noPlaylist reports whether Spotify writes no playlist for this host.
func (d *decision) noPlaylist() bool { return d.memory.playlists.denied && !d.memory.playlistsAgain }

// waitsForPremium reports whether Spotify starts nothing for this host, and is not to be asked again yet.
func (d *decision) waitsForPremium() bool {
	return d.noPremium() && d.now.Before(d.memory.premium.probeAt())
}

// probePremium sends a harmless command now and then to the player of a host without Premium, because the host may have
// subscribed, or Spotify's answers may have been wrong.
func (d *decision) probePremium() (action, bool) {
	if !d.noPremium() || d.waitsForPremium() {
		return action{}, false
	}
	switch {
	case d.activity == playingSong:
		return d.send(Command{Kind: ResetModes}, party.PlaybackStep{})
	case sentByPlaylist(d.room.Committed()) && d.nothingPlays() && d.deviceID() != "":
		return d.send(d.playPlaylistCommand(d.room.Committed()), party.PlaybackStep{})
	}
	return action{}, false
}

// probePlaylists tries now and then to write the room's playlist again, if the host has chosen that delivery.
func (d *decision) probePlaylists() (action, bool) {
	due := d.noPlaylist() && !d.now.Before(d.memory.playlists.probeAt())
	if !due || d.room.Settings.Delivery != party.DeliveryPlaylist || d.activity != playingSong {
		return action{}, false
	}
	if d.room.PlaylistURI == "" {
		return d.send(Command{Kind: CreatePlaylist}, party.PlaybackStep{})
	}
	d.memory.playlistsAgain = true // the next song is the probe
	return action{}, false
}

// songFailure is how often a song could not be delivered.
type songFailure struct {
	itemID string
	times  int
	until  time.Time // until then other songs go first
	starts int       // Memory.starts at the last failure
}

const (
	// givesWayAfter is the number of failures after which other songs go before a song, for a time that doubles with each
	// further failure.
	givesWayAfter = 2
	// maxFailures is the number of failures after which a song leaves the queue.
	maxFailures    = 5
	firstSongPause = 15 * time.Second
	lastSongPause  = 5 * time.Minute
)

// failureOf returns the failures of an item so far.
func (d *decision) failureOf(item *party.QueueItem) songFailure {
	for _, f := range d.memory.failures {
		if f.itemID == item.ID {
			return f
		}
	}
	return songFailure{itemID: item.ID, starts: d.memory.starts}
}

// givesWay reports whether other songs go before an item for now, because it could not be delivered.
func (d *decision) givesWay(item *party.QueueItem) bool { return d.now.Before(d.failureOf(item).until) }

// returnOrRefuse returns a song that could not be delivered to the queue, or refuses it after maxFailures. bySong says
// that the song is likely to be the cause. The first givesWayAfter failures always count. Later, a failure with another
// cause, or one that other songs share, counts only if a song has started since the last failure: if every song fails,
// that is not the song's fault.
func (d *decision) returnOrRefuse(item *party.QueueItem, bySong bool) party.PlaybackStep {
	f := d.failureOf(item)
	if bySong && d.failsAlone(item) || f.times < givesWayAfter || d.memory.starts > f.starts {
		f.times++
	}
	f.starts = d.memory.starts
	if f.times >= givesWayAfter {
		f.until = d.now.Add(min(firstSongPause<<min(f.times-givesWayAfter, 10), lastSongPause))
	}
	d.rememberFailure(f)
	if f.times >= maxFailures {
		return party.PlaybackStep{RefusedItem: item.ID}
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// rememberFailure stores a failure, and forgets those of songs that have left the room.
func (d *decision) rememberFailure(f songFailure) {
	kept := []songFailure{f}
	for _, other := range d.memory.failures {
		waits := slices.ContainsFunc(d.room.Queue, func(i *party.QueueItem) bool { return i.ID == other.itemID })
		if waits && other.itemID != f.itemID {
			kept = append(kept, other)
		}
	}
	d.memory.failures = kept
}

// concernsSong reports whether a fault of a delivery may be due to the song. Everything else concerns the account, its
// device or Spotify as a whole.
func (d *decision) concernsSong(f *Fault) bool {
	switch f.Kind {
	case Gone, Unreachable:
		return true
	case Unavailable:
		return d.answer.Command.Kind != Append
	case Restricted:
		return f.Reason == "" && !restricted(d.memory.observation)
	}
	return false
}

// othersWork reports whether only this item fails, as far as is known, and another song can be tried.
func (d *decision) othersWork(item *party.QueueItem) bool {
	return d.failsAlone(item) && slices.ContainsFunc(d.room.Queue, func(other *party.QueueItem) bool {
		return other.ID != item.ID && other.State == party.Queued && d.room.MayStart(other, d.now)
	})
}

// failsAlone reports whether no other song has failed since the last one started.
func (d *decision) failsAlone(item *party.QueueItem) bool {
	return !slices.ContainsFunc(d.memory.failures, func(f songFailure) bool {
		return f.itemID != item.ID && f.starts == d.memory.starts
	})
}
