package playback

import (
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
)

// moment is one decision in the making: the input, with what was just learned put into the memory, and what is heard.
// It is made for one call of Decide, which alone changes it.
type moment struct {
	now    time.Time
	news   bool // the player was looked at just now, or could not be
	room   *party.State
	answer *Answer
	before time.Time // when the player was looked at before what was just learned
	memory Memory
	sound  sound
	item   *party.QueueItem // the room's item that plays or is paused; nil while that is none of this room
}

// sound is what is heard from the host's player.
type sound int

const (
	unknown     sound = iota // not looked yet
	noDevice                 // no device is active
	silence                  // a device is active, and nothing plays, whatever it claims
	pausedSong               // the host stopped in the middle of a song
	playingSong              // a song plays
	otherSound               // something plays that is no song
)

const (
	tail       = 3 * time.Second        // a song that stops so near its end has ended
	overrun    = 2 * time.Second        // a song that claims to play so long after its end has ended
	stuckAfter = 3 * time.Second        // progress that stands still for so long has ended
	stuckAtEnd = 700 * time.Millisecond // the same, within the tail
	earlySlack = 5 * time.Second        // a song that ends so much before its end was skipped
	closely    = 2 * time.Second        // between looks that follow so soon nobody hears a song
)

func newMoment(in Input) *moment {
	m := &moment{now: in.Now, news: in.Seen != nil || in.Fault != nil, room: in.Room, answer: in.Answer, before: in.Memory.looked, memory: in.Memory}
	m.heed()
	switch {
	case in.Seen != nil:
		m.see(*in.Seen)
	case in.Fault != nil:
		m.memory.looking = m.memory.looking.after(in.Fault, m.now)
	}
	m.hear()
	m.reckon()
	m.inherit()
	if in.Seen != nil {
		m.listen()
	}
	return m
}

// see takes in a look at the player.
func (m *moment) see(s Snapshot) {
	last := m.memory.seen
	standsStill := last.Song != nil && s.Song != nil && last.Song.URI == s.Song.URI && last.Progress == s.Progress && last.Playing && s.Playing
	if !standsStill {
		m.memory.moved = s.At
	}
	m.memory.sent.watched = m.memory.sent.watched && s.Device != nil && m.now.Sub(m.memory.looked) <= closely
	if active(last) && !active(s) {
		m.memory.silent = time.Time{}
	}
	if !active(last) && active(s) {
		m.memory.device = search{}
		if m.memory.command.kind == NoDevice {
			m.memory.command = trouble{}
		}
	}
	if m.memory.command.kind == Restricted && restricted(last) && active(s) && !restricted(s) {
		m.memory.command = trouble{}
	}
	m.memory.seen, m.memory.looked, m.memory.looking = s, m.now, trouble{}
}

// hear understands the newest look.
func (m *moment) hear() {
	s := m.memory.seen
	switch {
	case s.At.IsZero():
		m.sound = unknown
	case !active(s):
		m.sound = noDevice
	case s.Song == nil && s.Playing:
		m.sound = otherSound
	case s.Song == nil || m.finished(s):
		m.sound = silence
	default:
		m.hearSong(s)
	}
}

func (m *moment) hearSong(s Snapshot) {
	item := m.itemOf(s.Song)
	switch {
	case s.Playing:
		m.sound, m.item = playingSong, item
	case m.paused(s, item):
		m.sound, m.item = pausedSong, item
	default:
		m.sound = silence
	}
}

// paused says that the host stopped a song of this party in the middle. One that was never heard was loaded long before.
func (m *moment) paused(s Snapshot, item *party.QueueItem) bool {
	if item != nil && (item == m.room.NowPlaying || item == m.room.Committed()) {
		return true
	}
	last := m.lastShown()
	return last.Status != party.Idle && last.Song != nil && last.Song.URI == s.Song.URI
}

// finished says that a loaded song is not heard, although some players go on claiming it. Spotify's players end a song in
// several ways: stopped at 0, stopped or stuck near the end, or counting on beyond it.
func (m *moment) finished(s Snapshot) bool {
	whole := length(s.Song)
	inTail := whole > 0 && s.Progress >= whole-min(tail, whole/4)
	stands := s.At.Sub(m.memory.moved)
	switch {
	case !s.Playing:
		return s.Progress == 0 || inTail
	case whole > 0 && s.Progress >= whole+overrun:
		return true
	case inTail:
		return stands >= stuckAtEnd
	}
	return s.Progress > 0 && stands >= stuckAfter // some devices always report 0
}

// listen notes since when no song is heard, and whether it was the host who stopped it.
func (m *moment) listen() {
	switch {
	case m.sound == playingSong || m.sound == otherSound:
		m.memory.rested, m.memory.paused, m.memory.revive = time.Time{}, false, false
	case m.memory.rested.IsZero():
		m.memory.rested = m.memory.seen.At
	}
	if m.sound == pausedSong && !m.memory.revive || m.before.IsZero() && m.sound == noDevice && m.lastShown().Status == party.Paused {
		m.memory.paused = true
	}
	switch {
	case m.sound == playingSong || m.sound == pausedSong:
		m.memory.silent = time.Time{}
	case m.memory.silent.IsZero():
		m.memory.silent = m.memory.seen.At
	}
}

// blind says that nothing is known of what the player does now.
func (m *moment) blind() bool { return m.sound == unknown || m.memory.looking.kind != "" }

// waiting says that there is something to play after the song that plays.
func (m *moment) waiting() bool { return m.room.Committed() != nil || m.pick() != nil }

// itemOf returns the room's item that a song is, by its URI if possible; nil if none.
func (m *moment) itemOf(song *party.Song) *party.QueueItem {
	items := m.room.Queue
	if m.room.NowPlaying != nil {
		items = append([]*party.QueueItem{m.room.NowPlaying}, items...)
	}
	var alike *party.QueueItem
	for _, item := range items {
		if item.Song.URI == song.URI {
			return item
		}
		if alike == nil && same(&item.Song, song) {
			alike = item
		}
	}
	return alike
}

// early says that a song which plays no more did not reach its end. The moment it ended is when the next one began.
func (m *moment) early(item *party.QueueItem) bool {
	if item.SkipOnStart {
		return true
	}
	last, s := m.lastShown(), m.memory.seen
	if last.Item == nil || last.Item.ID != item.ID || last.ProgressMS == nil {
		return false
	}
	ended := s.At
	if m.sound != silence {
		ended = later(m.began(), last.ObservedAt)
	}
	reached := expected(last, ended)
	if last.Status == party.Paused { // and may have gone on at any time since
		reached += max(0, ended.Sub(later(m.before, last.ObservedAt)))
	}
	if m.sound == silence && s.Playing && s.Song != nil && same(s.Song, &item.Song) {
		reached = s.Progress // stuck there
	}
	whole := length(&item.Song)
	return whole-reached > min(earlySlack, whole/2)
}

// began is when the song that plays began, if nobody paused it or jumped.
func (m *moment) began() time.Time { return m.memory.seen.At.Add(-m.memory.seen.Progress) }

// left is how much of the song that plays is left.
func (m *moment) left() time.Duration {
	s := m.memory.seen
	return length(s.Song) - s.Progress - m.now.Sub(s.At)
}

// nearEnd says that it is time to commit.
func (m *moment) nearEnd() bool {
	return m.sound == playingSong && m.left() > 0 && m.left() <= m.leadOf(m.memory.seen.Song)+jitter
}

// place names the committed item and what is loaded while it waits: being found there is news only once.
func (m *moment) place(item *party.QueueItem) string {
	if m.sound != playingSong {
		return item.ID
	}
	return item.ID + " " + m.memory.seen.Song.URI
}

func active(s Snapshot) bool { return s.Device != nil && s.Device.IsActive }

func restricted(s Snapshot) bool { return s.Device != nil && s.Device.IsRestricted }

// same says that two songs are the same recording. Spotify may play another release than the one it was asked for, and
// does not tell which it replaced.
func same(a, b *party.Song) bool {
	if a.URI == b.URI || a.ISRC != "" && strings.EqualFold(a.ISRC, b.ISRC) {
		return true
	}
	return len(a.Artists) > 0 && len(b.Artists) > 0 && strings.EqualFold(a.Artists[0], b.Artists[0]) &&
		strings.EqualFold(a.Name, b.Name) && (length(a)-length(b)).Abs() <= 2*time.Second
}

func length(s *party.Song) time.Duration { return time.Duration(s.DurationMS) * time.Millisecond }

// leadOf is how long before a song's end the next one is committed.
func (m *moment) leadOf(s *party.Song) time.Duration {
	most := lead
	if m.usesPlaylist() {
		most = playlistLead
	}
	return min(most, length(s)/2)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
