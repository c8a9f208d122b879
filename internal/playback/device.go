package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	searchEvery = time.Minute     // for a device, while there is none
	searchAfter = 5 * time.Second // a device that is away for a moment may come back
)

// search is a search for a device to play on.
type search struct {
	at      time.Time // of the last one; zero: not yet
	id      string    // what it found and nobody has tried yet
	several bool      // there were several, and only the host can choose
}

// findDevice: there is something to hear and no device is active. If exactly one takes commands, the music goes on there.
// A host who had paused is obeyed.
func (m *moment) findDevice() (action, bool) {
	interrupted := m.interrupted()
	if m.sound != noDevice || m.memory.noPremium || !interrupted && (m.mayFind() || !m.waitsForDevice()) {
		return action{}, false
	}
	at := m.memory.silent
	if interrupted {
		at = at.Add(searchAfter)
	}
	if !m.memory.device.at.IsZero() {
		at = later(at, m.memory.device.at.Add(searchEvery))
	}
	return m.sendAfter(at, Command{Kind: Devices})
}

// mayFind says that a device is known already that is worth a try: one that was found, or the inactive one that is shown.
func (m *moment) mayFind() bool {
	return m.memory.device.id != "" || m.deviceID() != "" && m.memory.command.kind != NoDevice
}

// interrupted says that the device went away in the middle of a song.
func (m *moment) interrupted() bool { return m.room.NowPlaying != nil && !m.memory.paused }

// waitsForDevice says that a song could begin. One in the queue of a device that went away has to be verified first.
func (m *moment) waitsForDevice() bool {
	item := m.room.Committed()
	switch {
	case m.room.NowPlaying != nil:
		return false
	case item == nil:
		next := m.pick()
		return next != nil && !m.unwanted(next) && !m.usesPlaylist()
	}
	return item.Via == party.DeliveryPlaylist && m.room.HasPlayed
}

// unwanted says that a song wakes no device: nobody asked for it, nor for music at all.
func (m *moment) unwanted(item *party.QueueItem) bool {
	return item.IsUnlikedFallback() && m.wished() == nil
}

// foundDevices takes the answer to findDevice.
func (m *moment) foundDevices() action {
	m.memory.device = search{at: m.now}
	usable := slices.DeleteFunc(slices.Clone(m.answer.Devices), func(d party.Device) bool { return d.IsRestricted || d.ID == "" })
	if i := slices.IndexFunc(usable, func(d party.Device) bool { return d.IsActive }); i >= 0 {
		usable = usable[i : i+1]
	}
	switch {
	case len(usable) > 1:
		m.memory.device.several = true
	case len(usable) == 1 && m.interrupted():
		m.memory.revive = true // once it is seen where the song stands there
		return action{command: Command{Kind: Transfer, DeviceID: usable[0].ID}}
	case len(usable) == 1:
		m.memory.device.id = usable[0].ID
		return action{lookBy: m.now}
	}
	return action{}
}

// revive: the music was moved here from a device that is gone, and goes on if it stands amid the room's song. A song that
// stands at its beginning may have been heard.
func (m *moment) revive() (action, bool) {
	if !m.memory.revive || m.sound != pausedSong || m.item == nil || m.item != m.room.NowPlaying {
		return action{}, false
	}
	return m.send(Command{Kind: Resume, DeviceID: m.deviceID()}, party.PlaybackStep{})
}

// controlled takes the answer to a command that is about no song in particular.
func (m *moment) controlled() {
	command, fault := m.answer.Command, m.answer.Fault
	if fault != nil && command.WishID == "" {
		m.memory.command = m.memory.command.after(fault, m.now)
	}
	goesOn := command.Kind == Resume && fault == nil
	staysAway := command.Kind == Transfer && fault != nil && fault.Kind != Unreachable
	m.memory.revive = m.memory.revive && !goesOn && !staysAway
}
