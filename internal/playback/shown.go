package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// jump is by how much progress may differ from what was expected without being news.
const jump = 3 * time.Second

// lastShown is what the room shows before this decision.
func (m *moment) lastShown() party.Playback {
	if m.memory.shown != nil {
		return *m.memory.shown
	}
	return m.room.Playback
}

// shown is what the room shows from now on, if the step is recorded. While the player is out of sight, and until a new
// look after a command, only health is news.
func (m *moment) shown(step party.PlaybackStep) party.Playback {
	p := m.lastShown()
	if !m.blind() && m.answer == nil {
		p = m.observed(step)
	}
	p.Delivery = m.delivery()
	p.Health, p.Reason, p.Until = m.health()
	return p
}

func (m *moment) observed(step party.PlaybackStep) party.Playback {
	s := m.memory.seen
	p := party.Playback{RoomID: m.room.RoomID, Status: party.Idle, ObservedAt: s.At, Device: s.Device}
	switch m.sound {
	case otherSound:
		p.Status = party.Playing
		return p
	case playingSong:
		p.Status = party.Playing
	case pausedSong:
		p.Status = party.Paused
	default:
		return p
	}
	progress := int(s.Progress.Milliseconds())
	p.Song, p.ProgressMS = s.Song, &progress
	if m.item != nil && (m.item == m.room.NowPlaying || m.item.ID == step.StartedItem) {
		p.Item, p.Song = m.item, &m.item.Song
	}
	return p
}

// health says whether the music can go on, and if not, why.
func (m *moment) health() (party.HealthState, party.HealthReason, *time.Time) {
	looking, command := m.memory.looking, m.memory.command
	if health := looking.kind.health(); health != "" {
		return health, looking.reason, m.coolsDown(looking)
	}
	if health := m.lasting(); health != "" {
		return health, m.commandReason(), m.coolsDown(command)
	}
	if m.sound == unknown {
		last := m.lastShown()
		return last.Health, last.Reason, last.Until
	}
	state, reason := m.condition()
	return state, reason, nil
}

// commandReason is why commands fail. Of a device that takes none Spotify says so only where it shows the device.
func (m *moment) commandReason() party.HealthReason {
	if device := m.memory.seen.Device; m.memory.command.kind == Restricted && device != nil && device.IsRestricted {
		return party.ReasonRestricted
	}
	return m.memory.command.reason
}

// condition is the health where Spotify answers. A device is called lost only when something is to be played on it:
// Spotify reports none as long as nothing ever played.
func (m *moment) condition() (party.HealthState, party.HealthReason) {
	switch {
	case m.pressPlay() && m.memory.noPremium:
		return party.HealthNotAllowed, party.ReasonNoPremium
	case m.pressPlay():
		return party.HealthDeviceLost, party.ReasonPressPlay
	case m.sound == noDevice && m.memory.device.several:
		return party.HealthDeviceLost, party.ReasonChooseDevice
	case m.sound == noDevice && m.lacksDevice():
		return party.HealthDeviceLost, ""
	case m.item != nil:
		return party.HealthOK, m.otherWay()
	case !m.waiting():
		return party.HealthNothingToPlay, ""
	case m.sound == playingSong || m.sound == otherSound:
		return party.HealthHostTookOver, ""
	}
	return party.HealthOK, m.otherWay()
}

// lacksDevice says that nothing was found to play on.
func (m *moment) lacksDevice() bool {
	searched := !m.memory.device.at.IsZero() && m.memory.device.id == ""
	return m.room.NowPlaying != nil || m.waiting() && (searched || m.lastShown().Health == party.HealthDeviceLost)
}

// otherWay is why songs do not reach the player as the host wants.
func (m *moment) otherWay() party.HealthReason {
	switch {
	case m.room.Settings.Delivery != party.DeliveryPlaylist || m.delivery() == party.DeliveryPlaylist:
		return ""
	case m.memory.noPlaylist:
		return party.ReasonNoPlaylist
	}
	return party.ReasonPlaylistIgnored
}

// lasting is the trouble of commands that has not passed. Some kinds do not pass with time, only with a success; they
// matter as long as there is something to play.
func (m *moment) lasting() party.HealthState {
	t := m.memory.command
	switch t.kind {
	case NoDevice, Restricted, NotAllowed:
		if !m.waiting() && !m.now.Before(t.until) {
			return ""
		}
		return t.kind.health()
	}
	if m.now.Before(t.until) {
		return t.kind.health()
	}
	return ""
}

func (m *moment) coolsDown(t trouble) *time.Time {
	if t.kind != CoolingDown {
		return nil
	}
	return &t.until
}

// changed says that b means something else than a. Progress that runs on as expected does not.
func changed(a, b party.Playback) bool {
	return a.Status != b.Status || a.Health != b.Health || a.Reason != b.Reason || a.Delivery != b.Delivery ||
		itemID(a) != itemID(b) || songURI(a) != songURI(b) ||
		!equalTime(a.Until, b.Until) || !equalDevice(a.Device, b.Device) || jumped(a, b)
}

func jumped(a, b party.Playback) bool {
	if a.ProgressMS == nil || b.ProgressMS == nil {
		return (a.ProgressMS == nil) != (b.ProgressMS == nil)
	}
	return (expected(a, b.ObservedAt) - expected(b, b.ObservedAt)).Abs() > jump
}

// expected is the progress at a time, if all went on as it was.
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
