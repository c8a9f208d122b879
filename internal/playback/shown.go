package playback

import (
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// jump is by how much progress may differ from what was expected without being news.
const jump = 3 * time.Second

// lastShown is what the room shows before this decision.
func (m *moment) lastShown() jukebox.Playback {
	if m.memory.shown != nil {
		return *m.memory.shown
	}
	return m.room.Playback
}

// shown is what the room shows from now on, if the step is recorded. While the player is out of sight, and until a new
// look after a command, only health is news.
func (m *moment) shown(step jukebox.PlaybackStep) jukebox.Playback {
	p := m.lastShown()
	if !m.blind() && m.answer == nil {
		p = m.observed(step)
	}
	p.Health, p.Until = m.health()
	return p
}

func (m *moment) observed(step jukebox.PlaybackStep) jukebox.Playback {
	s := m.memory.seen
	p := jukebox.Playback{RoomID: m.room.RoomID, Status: jukebox.Idle, ObservedAt: s.At, Device: s.Device}
	switch m.sound {
	case otherSound:
		p.Status = jukebox.Playing
		return p
	case playingSong:
		p.Status = jukebox.Playing
	case pausedSong:
		p.Status = jukebox.Paused
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

// health says whether the music can go on. A device is called lost only when something is to be played on it: Spotify
// reports none as long as nothing ever played.
func (m *moment) health() (jukebox.HealthState, *time.Time) {
	last := m.lastShown()
	if health := m.memory.looking.kind.health(); health != "" {
		return health, m.coolsDown(m.memory.looking)
	}
	if health := m.lasting(); health != "" {
		return health, m.coolsDown(m.memory.command)
	}
	switch {
	case m.sound == unknown:
		return last.Health, last.Until
	case m.sound == noDevice && m.room.NowPlaying != nil,
		m.sound == noDevice && m.waiting() && last.Health == jukebox.HealthDeviceLost:
		return jukebox.HealthDeviceLost, nil
	case m.item != nil:
		return jukebox.HealthOK, nil
	case !m.waiting():
		return jukebox.HealthNothingToPlay, nil
	case m.sound == playingSong || m.sound == otherSound:
		return jukebox.HealthHostTookOver, nil
	}
	return jukebox.HealthOK, nil
}

// lasting is the trouble of commands that has not passed. Some kinds do not pass with time, only with a success; they
// matter as long as there is something to play.
func (m *moment) lasting() jukebox.HealthState {
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
func changed(a, b jukebox.Playback) bool {
	return a.Status != b.Status || a.Health != b.Health ||
		itemID(a) != itemID(b) || songURI(a) != songURI(b) ||
		!equalTime(a.Until, b.Until) || !equalDevice(a.Device, b.Device) || jumped(a, b)
}

func jumped(a, b jukebox.Playback) bool {
	if a.ProgressMS == nil || b.ProgressMS == nil {
		return (a.ProgressMS == nil) != (b.ProgressMS == nil)
	}
	return (expected(a, b.ObservedAt) - expected(b, b.ObservedAt)).Abs() > jump
}

// expected is the progress at a time, if all went on as it was.
func expected(p jukebox.Playback, at time.Time) time.Duration {
	progress := time.Duration(*p.ProgressMS) * time.Millisecond
	if p.Status == jukebox.Playing {
		progress += at.Sub(p.ObservedAt)
	}
	return progress
}

func itemID(p jukebox.Playback) string {
	if p.Item == nil {
		return ""
	}
	return p.Item.ID
}

func songURI(p jukebox.Playback) string {
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

func equalDevice(a, b *jukebox.Device) bool {
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
