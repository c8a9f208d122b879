package playback

import (
	"slices"

	"antwon.dj/backend/internal/party"
)

// takeAnswer records what came of a command.
func (m *moment) takeAnswer() (action, bool) {
	if m.answer == nil {
		return action{}, false
	}
	command, fault := m.answer.Command, m.answer.Fault
	if command.Kind.moves() {
		m.memory.asked = m.now
	}
	if starts := command.Kind == Play || command.Kind == PlayPlaylist; starts || command.Kind == Enqueue || command.Kind == Append {
		m.memory.sent = sending{command.ItemID, m.memory.seen.Song, starts, true}
	}
	if fault != nil {
		m.learn(fault)
	} else if command.Kind.controls() {
		m.memory.noPremium = false
	}
	if command.WishID != "" {
		m.memory.wish.fault = fault
	}
	switch command.Kind {
	case CreatePlaylist, Devices, Suggest, Straighten:
		return m.takeReport()
	case Pause, Resume, Transfer:
		m.controlled()
		return action{}, true
	}
	return action{step: m.delivered()}, true
}

// moves says that a command changes what the player does, so that older looks do not count.
func (k CommandKind) moves() bool {
	switch k {
	case VerifyQueue, VerifyPlaylist, CreatePlaylist, Devices, Suggest, Straighten:
		return false
	}
	return true
}

// controls says that Spotify does this for hosts with Premium only.
func (k CommandKind) controls() bool { return k.moves() && k != Append }

// learn remembers what Spotify does not do for this host at all, so that another way is taken.
func (m *moment) learn(f *Fault) {
	playlists := m.answer.Command.Kind == CreatePlaylist || m.answer.Command.Kind == Append
	switch {
	case f.Reason == party.ReasonNoPremium:
		m.memory.noPremium = true
	case playlists && (f.Kind == Unavailable || f.Kind == Gone || f.Reason == party.ReasonScope):
		m.memory.noPlaylist = true
	}
}

// takeReport is for commands that are about no song of the queue. Their failures matter only where nothing at all may be
// asked any more.
func (m *moment) takeReport() (action, bool) {
	fault := m.answer.Fault
	if fault != nil && (fault.Kind == CoolingDown || m.answer.Command.Kind == CreatePlaylist && !m.memory.noPlaylist) {
		m.memory.command = m.memory.command.after(fault, m.now)
	}
	switch m.answer.Command.Kind {
	case CreatePlaylist:
		return action{step: party.PlaybackStep{PlaylistURI: m.answer.PlaylistURI}, lookBy: m.now}, true
	case Devices:
		return m.foundDevices(), true
	case Suggest:
		return action{step: m.suggested()}, true
	}
	return action{}, true
}

// delivered is for commands about the committed song, and for Next.
func (m *moment) delivered() party.PlaybackStep {
	command := m.answer.Command
	item := m.room.Committed()
	if item != nil && item.ID != command.ItemID {
		item = nil
	}
	verified := command.Kind == VerifyQueue || command.Kind == VerifyPlaylist
	switch {
	case m.answer.Fault != nil:
		return m.failed(item)
	case verified:
		return m.verified(item)
	}
	return m.succeeded(item)
}

// failed: what was not delivered for certain goes back to the queue. A failure to repeat or to read changes nothing.
func (m *moment) failed(item *party.QueueItem) party.PlaybackStep {
	command, fault := m.answer.Command, m.answer.Fault
	if !m.hasOtherWay(fault) {
		m.memory.command = m.memory.command.after(fault, m.now)
	}
	if fault.Kind == NoDevice {
		m.memory.device.id = ""
	}
	delivery := command.Kind == Play || command.Kind == Enqueue || command.Kind == Append
	switch {
	case item == nil || !delivery || item.Commit == party.CommitSent:
		return party.PlaybackStep{}
	case fault.Kind == Unreachable:
		return party.PlaybackStep{UnknownItem: item.ID}
	case fault.Kind == Gone:
		return m.pass(item, triesOfGone)
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// hasOtherWay says that a failure needs no waiting: songs go another way from now on.
func (m *moment) hasOtherWay(f *Fault) bool {
	switch {
	case f.Reason == party.ReasonNoPremium: // for what returns to the queue; a song in the player's queue has no other
		kind, item := m.answer.Command.Kind, m.room.Committed()
		returns := (kind == Play || kind == Enqueue) && (item == nil || item.Commit != party.CommitSent)
		return returns && !m.memory.noPlaylist
	case m.answer.Command.Kind == Append:
		return m.memory.noPlaylist && !m.memory.noPremium
	}
	return false
}

func (m *moment) succeeded(item *party.QueueItem) party.PlaybackStep {
	switch {
	case item == nil: // a song was skipped
		return party.PlaybackStep{}
	case item.Commit == party.CommitSent: // it was sent before, in vain
		m.memory.found = ""
		m.memory.command = m.memory.command.inVain(m.now)
		return party.PlaybackStep{}
	}
	m.memory.command = trouble{tries: m.memory.command.tries}
	return party.PlaybackStep{SentItem: item.ID}
}

// verified: either Spotify has the committed song, or it was heard, or it returns to the queue.
func (m *moment) verified(item *party.QueueItem) party.PlaybackStep {
	m.memory.command = trouble{tries: m.memory.command.tries}
	switch {
	case item == nil:
		return party.PlaybackStep{}
	case m.has(item):
		m.memory.found = m.place(item)
		if item.Commit == party.CommitSent {
			return party.PlaybackStep{}
		}
		return party.PlaybackStep{SentItem: item.ID}
	case m.couldHavePlayed(item), m.movedOn(item):
		return m.takenAsHeard(item)
	case item.Commit == party.CommitSent:
		m.memory.command = m.memory.command.inVain(m.now)
		return m.pass(item, triesOfLost)
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// has says that what was read has the committed song. In a playlist it can only be the last one: others like it were there
// before.
func (m *moment) has(item *party.QueueItem) bool {
	songs := m.answer.Songs
	if m.answer.Command.Kind == VerifyPlaylist {
		songs = songs[max(0, len(songs)-1):]
	}
	return slices.ContainsFunc(songs, func(s party.Song) bool { return same(&s, &item.Song) })
}

// How often a song is tried that Spotify does not know, and one that it accepts and does not play: that may be the
// player's fault.
const (
	triesOfGone = 2
	triesOfLost = 5
)

// pass returns a song to the queue, where others go first until all have failed, or gives it up after so many tries.
func (m *moment) pass(item *party.QueueItem, tries int) party.PlaybackStep {
	m.memory.passed = append(slices.Clip(m.memory.passed), item.ID)
	failures := 0
	for _, id := range m.memory.passed {
		if id == item.ID {
			failures++
		}
	}
	if failures >= tries {
		return party.PlaybackStep{RefusedItem: item.ID}
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

func (m *moment) hasPassed(item *party.QueueItem) bool {
	return slices.Contains(m.memory.passed, item.ID)
}
