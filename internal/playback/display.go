package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// maxDrift is how far the progress may differ from the expected one before the room shows it.
const maxDrift = 3 * time.Second

// lastShown returns what the room shows before this decision.
func (d *decision) lastShown() party.Playback {
	if d.memory.shown != nil {
		return *d.memory.shown
	}
	return d.room.Playback
}

// shown returns what the room shows once the step is recorded. As long as the player cannot be observed, and between a
// command and the next observation, only the delivery and the health change.
func (d *decision) shown(step party.PlaybackStep) party.Playback {
	p := d.lastShown()
	if !d.playerUnknown() && !d.inDoubt() && d.answer == nil {
		p = d.observedPlayback(step)
	}
	p.Delivery = d.delivery()
	if d.memory.playlists.denied { // perhaps it is being tried again
		p.Delivery = party.DeliveryQueue
	}
	p.Health, p.Reason, p.Until = d.health()
	return p
}

// observedPlayback returns what the newest observation shows, without delivery and health.
func (d *decision) observedPlayback(step party.PlaybackStep) party.Playback {
	s := d.memory.observation
	p := party.Playback{RoomID: d.room.RoomID, Status: party.Idle, ObservedAt: s.At, Device: s.Device}
	switch d.activity {
	case playingOther:
		p.Status = party.Playing
		return p
	case pausedOther:
		p.Status = party.Paused
		return p
	case playingSong:
		p.Status = party.Playing
	case pausedSong:
		p.Status = party.Paused
	default:
		if last := d.lastShown(); d.pausedAsleep() && last.Song != nil {
			last.Device = nil
			return last
		}
		return p
	}
	progress := int(d.progress().Milliseconds())
	p.Song, p.ProgressMS = s.Song, &progress
	if d.item != nil && (d.item == d.room.NowPlaying || d.item.ID == step.StartedItem) {
		p.Item, p.Song = d.item, &d.item.Song
	}
	return p
}

// pausedAsleep reports whether the room's song is paused on a device that is no longer active.
func (d *decision) pausedAsleep() bool {
	return d.activity == noDevice && d.memory.paused && d.room.NowPlaying != nil && d.lastShown().Status == party.Paused
}

// health returns whether the music can go on and, if it cannot, the reason and the end of a cool-down.
func (d *decision) health() (party.HealthState, party.HealthReason, *time.Time) {
	observing, commanding := d.memory.observationBackoff, d.memory.commandBackoff
	if health, reason := observing.health(); health != "" {
		return health, reason, d.coolDownEnd(observing)
	}
	if health := d.commandHealth(); health != "" {
		return health, d.commandReason(), d.coolDownEnd(commanding)
	}
	if d.activity == notObserved {
		last := d.lastShown()
		return last.Health, last.Reason, last.Until
	}
	state, reason := d.playerHealth()
	return state, reason, nil
}

// commandReason returns why commands fail. That a device takes no commands is part of the observation, not of the
// fault.
func (d *decision) commandReason() party.HealthReason {
	if d.memory.commandBackoff.kind == Restricted && restricted(d.memory.observation) {
		return party.ReasonRestricted
	}
	_, reason := d.memory.commandBackoff.health()
	return reason
}

// playerHealth returns the health when Spotify answers. It reports a missing device only when there is something to
// play, because Spotify reports no device before anything has been played.
func (d *decision) playerHealth() (party.HealthState, party.HealthReason) {
	switch {
	case d.onlyHostCanStart() && d.noPremium():
		return party.HealthNotAllowed, party.ReasonNoPremium
	case d.onlyHostCanStart():
		return party.HealthDeviceLost, party.ReasonPressPlay
	case d.activity == noDevice && d.memory.deviceSearch.several:
		return party.HealthDeviceLost, party.ReasonChooseDevice
	case d.activity == noDevice && d.lacksDevice():
		return party.HealthDeviceLost, ""
	case d.item != nil || d.playsGivenUp():
		return party.HealthOK, d.deliveryReason()
	case d.hasNextHost() && d.room.NextToPlay(d.now) != nil: // the next host's player will play it
		return party.HealthOK, ""
	case !d.hasNext():
		return party.HealthNothingToPlay, ""
	case d.activity == playingSong || d.activity == playingOther:
		return party.HealthHostTookOver, ""
	}
	return party.HealthOK, d.deliveryReason()
}

// lacksDevice reports whether there is something to play, and no device was found.
func (d *decision) lacksDevice() bool {
	searched := !d.memory.deviceSearch.at.IsZero() && d.memory.deviceSearch.foundID == ""
	return d.room.NowPlaying != nil || d.hasNext() && (searched || d.lastShown().Health == party.HealthDeviceLost)
}

// deliveryReason returns why songs are not delivered as the host has chosen; empty: they are.
func (d *decision) deliveryReason() party.HealthReason {
	switch {
	case d.room.Settings.Delivery == party.DeliveryPlaylist && d.memory.playlists.denied:
		return party.ReasonNoPlaylist
	case d.room.Settings.Delivery != party.DeliveryPlaylist || d.delivery() == party.DeliveryPlaylist:
		return ""
	}
	return party.ReasonPlaylistIgnored
}

// commandHealth returns the health that follows from commands that fail; empty: none. Some faults end only with a
// success, not with time: they count while there is something to play. If too few answers have shown the fault, or a
// song plays nevertheless, it counts only until playingInterval after the time when the command may be sent again.
func (d *decision) commandHealth() party.HealthState {
	b := d.memory.commandBackoff
	lasts, lastsLonger := d.now.Before(b.until), d.now.Before(b.until.Add(playingInterval))
	waits := d.hasNext() && !d.onlyHostCanStart()
	switch b.kind {
	case NoDevice: // a player that plays has a device
		lasts = lasts || waits && d.activity != playingSong && d.activity != playingOther
	case Restricted: // a player that plays may have refused something for a moment, such as a skip of an advertisement
		lasts = lasts || waits && (lastsLonger || d.activity != playingSong || restricted(d.memory.observation))
	case NotAllowed:
		lasts = lasts || waits && (lastsLonger || !b.doubted)
	}
	if !lasts {
		return ""
	}
	health, _ := b.health()
	return health
}

// coolDownEnd returns when a cool-down ends; nil for other backoffs.
func (d *decision) coolDownEnd(b backoff) *time.Time {
	if b.kind != CoolingDown {
		return nil
	}
	return &b.until
}

// changed reports whether b differs from a in anything but a progress that advances as expected.
func changed(a, b party.Playback) bool {
	return a.Status != b.Status || a.Health != b.Health || a.Reason != b.Reason || a.Delivery != b.Delivery ||
		itemID(a) != itemID(b) || songURI(a) != songURI(b) ||
		!equalTime(a.Until, b.Until) || !equalDevice(a.Device, b.Device) || jumped(a, b)
}

// jumped reports whether the progress differs from the expected one by more than maxDrift.
func jumped(a, b party.Playback) bool {
	if a.ProgressMS == nil || b.ProgressMS == nil {
		return (a.ProgressMS == nil) != (b.ProgressMS == nil)
	}
	return (expected(a, b.ObservedAt) - expected(b, b.ObservedAt)).Abs() > maxDrift
}

// expected returns the progress of p at a later time, provided that nothing has changed since.
func expected(p party.Playback, at time.Time) time.Duration {
	progress := time.Duration(*p.ProgressMS) * time.Millisecond
	if p.Status == party.Playing {
		progress += at.Sub(p.ObservedAt)
	}
	return progress
}

func itemID(p party.Playback) string {
	if p.Item == nil {
		return ""
	}
	return p.Item.ID
}

func songURI(p party.Playback) string {
	if p.Song == nil {
		return ""
	}
	return p.Song.URI
}

func equalTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

func equalDevice(a, b *party.Device) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.VolumePercent, y.VolumePercent = nil, nil
	return x == y && equalInt(a.VolumePercent, b.VolumePercent)
}

func equalInt(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
