package playback

import (
	"slices"

	"antwon.dj/backend/internal/jukebox"
)

// takeAnswer records what came of a command.
func (m *moment) takeAnswer() (action, bool) {
	if m.answer == nil {
		return action{}, false
	}
	if m.answer.Command.Kind != VerifyQueue {
		m.memory.asked = m.now
	}
	item := m.room.Committed()
	if item != nil && item.ID != m.answer.Command.ItemID {
		item = nil
	}
	if m.answer.Fault != nil {
		return action{step: m.failed(item)}, true
	}
	if m.answer.Command.Kind == VerifyQueue {
		return action{step: m.verified(item)}, true
	}
	return action{step: m.succeeded(item)}, true
}

// failed: what was not delivered for certain goes back to the queue. A failure to repeat or to read changes nothing.
func (m *moment) failed(item *jukebox.QueueItem) jukebox.PlaybackStep {
	command, fault := m.answer.Command, m.answer.Fault
	m.memory.command = m.memory.command.after(fault, m.now)
	delivery := command.Kind == Play || command.Kind == Enqueue
	switch {
	case item == nil || !delivery || item.Commit == jukebox.CommitSent:
		return jukebox.PlaybackStep{}
	case fault.Kind == Unreachable:
		return jukebox.PlaybackStep{UnknownItem: item.ID}
	case fault.Kind == Gone:
		m.pass(item)
	}
	return jukebox.PlaybackStep{ReturnedItem: item.ID}
}

func (m *moment) succeeded(item *jukebox.QueueItem) jukebox.PlaybackStep {
	switch {
	case item == nil: // a song was skipped
		return jukebox.PlaybackStep{}
	case item.Commit == jukebox.CommitSent: // it was sent before, in vain
		m.memory.found = ""
		m.memory.command = m.memory.command.inVain(m.now)
		return jukebox.PlaybackStep{}
	}
	m.memory.command = trouble{tries: m.memory.command.tries}
	return jukebox.PlaybackStep{SentItem: item.ID}
}

// verified: either Spotify has the committed song, or it was heard, or it returns to the queue. One that Spotify had
// accepted and does not have might fail again, so others go first then.
func (m *moment) verified(item *jukebox.QueueItem) jukebox.PlaybackStep {
	m.memory.command = trouble{tries: m.memory.command.tries}
	has := item != nil && slices.ContainsFunc(m.answer.Queue, func(s jukebox.Song) bool { return same(&s, &item.Song) })
	switch {
	case item == nil:
		return jukebox.PlaybackStep{}
	case has:
		m.memory.found = m.place(item)
		if item.Commit == jukebox.CommitSent {
			return jukebox.PlaybackStep{}
		}
		return jukebox.PlaybackStep{SentItem: item.ID}
	case m.couldHavePlayed(item):
		return m.succession(item)
	case item.Commit == jukebox.CommitSent:
		m.memory.command = m.memory.command.inVain(m.now)
		m.pass(item)
	}
	return jukebox.PlaybackStep{ReturnedItem: item.ID}
}

// pass lets other songs go first, until all have failed.
func (m *moment) pass(item *jukebox.QueueItem) {
	if !m.hasPassed(item) {
		m.memory.passed = append(slices.Clip(m.memory.passed), item.ID)
	}
}

func (m *moment) hasPassed(item *jukebox.QueueItem) bool {
	return slices.Contains(m.memory.passed, item.ID)
}
