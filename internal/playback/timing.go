package playback

import "time"

// When the player is looked at although nothing calls for it. All look-ups of a server count against one limit.
const (
	afterCommand  = 700 * time.Millisecond // sooner Spotify may still show what was before
	afterEnd      = 800 * time.Millisecond
	whileWaiting  = time.Second // for a song to start, or to end at last
	whilePlaying  = 15 * time.Second
	whileIdle     = 30 * time.Second
	otherAtFirst  = 5 * time.Second // an advertisement is over soon
	otherLongFrom = time.Minute
	awayAtFirst   = 5 * time.Second
	awayAtMost    = 30 * time.Second
	awayUnused    = time.Minute // nobody waits for the device
)

// nextLook says when to look, no later than a rule wants it (zero: it does not care).
func (m *moment) nextLook(by time.Time) time.Time {
	at := m.routine()
	if !m.memory.asked.IsZero() && !m.memory.looked.After(m.memory.asked) {
		at = m.memory.asked.Add(afterCommand)
	}
	if until := m.memory.command.until; until.After(m.now) && until.Before(at) {
		at = until
	}
	if !by.IsZero() && by.Before(at) {
		at = by
	}
	if m.memory.command.stopsLooking() {
		at = later(at, m.memory.command.until)
	}
	return later(at, m.memory.looking.until)
}

// routine is when to look by what is heard alone.
func (m *moment) routine() time.Time {
	looked := m.memory.looked
	if m.sound != playingSong && m.memory.starved && m.pick() != nil {
		return m.now // a song arrived where there was none
	}
	switch m.sound {
	case unknown:
		return m.now
	case noDevice:
		return looked.Add(m.away())
	case otherSound:
		if m.now.Sub(m.memory.silent) < otherLongFrom {
			return looked.Add(otherAtFirst)
		}
		return looked.Add(whilePlaying)
	case playingSong:
		return m.duringSong()
	case silence:
		if m.pressPlay() || m.memory.command.kind == NotAllowed { // only the host can start it
			return looked.Add(whilePlaying)
		}
		if m.room.Committed() != nil {
			return looked.Add(whileWaiting)
		}
	}
	return looked.Add(whileIdle)
}

// away grows with the time for which no device was there.
func (m *moment) away() time.Duration {
	most := awayUnused
	if m.waiting() {
		most = awayAtMost
	}
	return min(max(m.memory.looked.Sub(m.memory.silent)/2, awayAtFirst), most)
}

// duringSong is when the next song has to be committed, or when this one should be over.
func (m *moment) duringSong() time.Time {
	s, looked := m.memory.seen, m.memory.looked
	end := s.At.Add(length(s.Song) - s.Progress)
	commit := end.Add(-m.leadOf(s.Song))
	at := end.Add(afterEnd)
	switch {
	case !at.After(looked):
		at = looked.Add(whileWaiting)
	case m.room.Committed() == nil && m.pick() != nil && commit.After(looked):
		at = commit
	}
	if most := looked.Add(whilePlaying); most.Before(at) {
		return most
	}
	return at
}
