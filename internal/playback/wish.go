package playback

import (
	"antwon.dj/backend/internal/party"
)

// wish is how far the oldest of the hosts' commands has come.
type wish struct {
	id    string
	tries int    // how often something was sent for it
	fault *Fault // what came of the last time
}

// wishTries is how often a command is sent whose outcome nobody knows, after a look that did not show one.
const wishTries = 2

// wished returns the host's command that is to be carried out now, or nil.
func (m *moment) wished() *party.HostCommand {
	if len(m.room.PendingCommands) == 0 {
		return nil
	}
	return &m.room.PendingCommands[0]
}

// refuseWish answers commands of which nothing can come, before anything is done for them. A new one need not wait for
// what failed before it.
func (m *moment) refuseWish() (action, bool) {
	w := m.wished()
	if w == nil {
		return action{}, false
	}
	if w.Kind == party.ObserveCommand {
		return m.lookAgain(w), true
	}
	looking, command := m.memory.looking, m.memory.command
	switch {
	case m.now.Sub(w.At) >= party.CommandTimeout:
		return m.reply(w, party.UpstreamUnavailable, "the player did not answer in time"), true
	case looking.kind == NotAllowed && !(m.news && m.memory.wish.id == w.ID): // somebody may have changed that at Spotify
		m.memory.wish = wish{id: w.ID}
		m.memory.looking.until = m.now
		return action{lookBy: m.now}, true
	case looking.kind != "":
		return m.reply(w, looking.kind.code(), looking.kind.sentence()), true
	case command.kind == CoolingDown && m.now.Before(command.until):
		return m.reply(w, command.kind.code(), command.kind.sentence()), true
	case m.memory.wish.id != w.ID:
		m.memory.wish = wish{id: w.ID}
		m.memory.command.until = m.now
	}
	return action{}, false
}

// lookAgain: the host has connected another account, or none, and what failed before may not fail now.
func (m *moment) lookAgain(w *party.HostCommand) action {
	if m.memory.wish.id == w.ID && m.news {
		return m.reply(w, "", "")
	}
	m.memory.wish = wish{id: w.ID}
	m.memory.looking, m.memory.command = trouble{}, trouble{}
	m.memory.noPremium, m.memory.noPlaylist, m.memory.mistrusted, m.memory.straightened = false, false, false, false
	m.memory.shown, m.memory.passed, m.memory.device = nil, nil, search{}
	return action{lookBy: m.now}
}

// obey carries the host's command out: what is so already needs nothing, and nothing is repeated before a look.
func (m *moment) obey() (action, bool) {
	w := m.wished()
	if w == nil {
		return action{}, false
	}
	sent := m.memory.wish
	switch {
	case sent.tries > 0 && !m.memory.looked.After(m.memory.asked):
		return action{lookBy: m.memory.asked.Add(afterCommand)}, true
	case m.fulfilled(w):
		return m.reply(w, "", ""), true
	case sent.fault != nil && sent.fault.Kind != Unreachable:
		return m.reply(w, sent.fault.Kind.code(), sent.fault.Kind.sentence()), true
	case sent.tries > 0 && m.now.Sub(m.memory.asked) < patience:
		return action{lookBy: m.memory.asked.Add(patience)}, true
	case sent.tries >= wishTries:
		return m.reply(w, party.UpstreamUnavailable, "the player does not do it"), true
	}
	return m.carryOut(w)
}

// fulfilled says that the player does what the host wants.
func (m *moment) fulfilled(w *party.HostCommand) bool {
	s := m.memory.seen
	switch w.Kind {
	case party.PauseCommand:
		return m.sound != playingSong && m.sound != otherSound
	case party.ResumeCommand:
		return m.sound == playingSong || m.sound == otherSound
	case party.TransferCommand:
		return active(s) && s.Device.ID == w.Argument
	case party.SkipCommand:
		return m.sound == playingSong && !m.hears(w.Argument) || m.sound == silence && m.memory.wish.tries > 0
	}
	return true
}

// hears says that the song which a host wants to skip is still loaded.
func (m *moment) hears(uri string) bool {
	s := m.memory.seen.Song
	if s == nil || uri == "" {
		return false
	}
	shown := m.lastShown().Song
	return s.URI == uri || shown != nil && shown.URI == uri && same(s, shown)
}

func (m *moment) carryOut(w *party.HostCommand) (action, bool) {
	switch w.Kind {
	case party.PauseCommand:
		return m.try(Command{Kind: Pause}, party.PlaybackStep{})
	case party.TransferCommand:
		plays := m.sound == playingSong || m.sound == otherSound
		return m.try(Command{Kind: Transfer, DeviceID: w.Argument, Play: plays}, party.PlaybackStep{})
	case party.ResumeCommand:
		return m.resume(w)
	}
	return m.skipSong(w)
}

func (m *moment) resume(w *party.HostCommand) (action, bool) {
	item := m.room.Committed()
	switch {
	case m.sound == pausedSong, m.standsAmid():
		return m.try(Command{Kind: Resume, DeviceID: m.deviceID()}, party.PlaybackStep{})
	case item != nil && item.Via == party.DeliveryPlaylist && item.Commit == party.CommitSent:
		return m.try(m.fromPlaylist(item), party.PlaybackStep{})
	}
	return m.leaveToOthers(w)
}

// skipSong goes on to the room's next song, which may have to be handed over first.
func (m *moment) skipSong(w *party.HostCommand) (action, bool) {
	next := m.pick()
	switch {
	case m.sound == silence || m.sound == noDevice:
		return m.leaveToOthers(w)
	case m.room.Committed() != nil || next == nil:
		return m.try(Command{Kind: Next}, party.PlaybackStep{})
	case m.usesPlaylist(): // and then skip to it
		return m.send(m.toPlaylist(next), commitment(next, party.DeliveryPlaylist))
	}
	return m.try(m.directly(next), commitment(next, party.DeliveryQueue))
}

// leaveToOthers lets the other rules begin the room's next song, as they do whenever nothing plays.
func (m *moment) leaveToOthers(w *party.HostCommand) (action, bool) {
	if m.waiting() {
		return action{}, false
	}
	return m.reply(w, party.Conflict, "there is nothing to play"), true
}

// try sends a command for the host's.
func (m *moment) try(c Command, step party.PlaybackStep) (action, bool) {
	c.WishID = m.memory.wish.id
	a, ok := m.send(c, step)
	if a.command.Kind != None {
		m.memory.wish.tries++
		m.memory.wish.fault = nil
	}
	return a, ok
}

// standsAmid says that something is loaded, and stands still in the middle.
func (m *moment) standsAmid() bool {
	s := m.memory.seen
	return active(s) && s.Song != nil && !s.Playing && s.Progress > 0 && !m.finished(s)
}

func (m *moment) reply(w *party.HostCommand, code party.Code, message string) action {
	m.memory.wish, m.memory.revive = wish{}, false
	return action{step: party.PlaybackStep{Answered: &party.Answer{CommandID: w.ID, Code: code, Message: message}}}
}

// code is how a failure of a host's command is told.
func (k FaultKind) code() party.Code {
	switch k {
	case NoDevice, Gone:
		return party.NotFound
	case Restricted:
		return party.Conflict
	case NotAllowed, ReconnectNeeded:
		return party.Forbidden
	}
	return party.UpstreamUnavailable
}

func (k FaultKind) sentence() string {
	switch k {
	case NoDevice, Gone:
		return "no such device is there: open Spotify on it first"
	case Restricted:
		return "the player does not allow this at the moment"
	case NotAllowed:
		return "Spotify does not let this server control the account's player: the room's health tells why"
	case ReconnectNeeded:
		return "Spotify does not accept the connection any more: connect it again"
	case CoolingDown:
		return "Spotify asks for fewer requests: try again later"
	}
	return "Spotify does not answer at the moment"
}
