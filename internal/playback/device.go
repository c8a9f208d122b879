package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	searchInterval = time.Minute     // between two searches for a device
	searchDelay    = 5 * time.Second // before the first search: the lost device may come back
)

// deviceSearch is the state of the search for a device to play on.
type deviceSearch struct {
	at      time.Time // when the devices were read last; zero: not yet
	foundID string    // the device that was found; cleared when a command finds no device
	several bool      // several devices were found, and the host has to choose
}

// findDevice reads the host's devices when no device is active and there is something to play. If the host had paused
// the current song, it does nothing.
func (d *decision) findDevice() (action, bool) {
	interrupted := d.interrupted()
	if d.activity != noDevice || d.waitsForPremium() || !interrupted && (d.knowsDevice() || !d.needsDevice()) {
		return action{}, false
	}
	at := d.memory.silentSince
	if interrupted {
		at = at.Add(searchDelay)
	}
	if !d.memory.deviceSearch.at.IsZero() {
		at = later(at, d.memory.deviceSearch.at.Add(searchInterval))
	}
	return d.sendAfter(at, Command{Kind: Devices})
}

// knowsDevice reports whether a device is known that a command may activate: one that the search found, or the inactive
// one that Spotify shows.
func (d *decision) knowsDevice() bool {
	return d.memory.deviceSearch.foundID != "" || d.deviceID() != "" && d.memory.commandBackoff.kind != NoDevice
}

// interrupted reports whether the room's song stopped because its device disappeared.
func (d *decision) interrupted() bool { return d.room.NowPlaying != nil && !d.memory.paused }

// needsDevice reports whether a song could start if there were a device. A song in the queue of a device that
// disappeared has to be verified first.
func (d *decision) needsDevice() bool {
	item := d.room.Committed()
	switch {
	case d.room.NowPlaying != nil:
		return false
	case item == nil:
		next := d.pick()
		return next != nil && !d.mustNotWakeDevice(next) && !d.usesPlaylist()
	}
	startsNow := d.room.HasPlayed || d.noPremium() // without Premium, starting it is tried again now and then
	return item.Via == party.DeliveryPlaylist && startsNow
}

// mustNotWakeDevice reports whether a song may start only on a device that is active already, because nobody has asked
// for the song, and no host command asks for music.
func (d *decision) mustNotWakeDevice(item *party.QueueItem) bool {
	return item.IsUnlikedFallback() && d.hostCommand() == nil
}

// recordDevices uses the devices that findDevice has read. If exactly one of them takes commands, playback is
// transferred to it, or the next song started there.
func (d *decision) recordDevices() action {
	d.memory.deviceSearch = deviceSearch{at: d.now}
	usable := slices.DeleteFunc(slices.Clone(d.answer.Devices), func(device party.Device) bool {
		return device.IsRestricted || device.ID == ""
	})
	if i := slices.IndexFunc(usable, func(device party.Device) bool { return device.IsActive }); i >= 0 {
		usable = usable[i : i+1]
	}
	switch {
	case len(usable) > 1:
		d.memory.deviceSearch.several = true
	case len(usable) == 1 && d.interrupted():
		d.memory.resumeAfterTransfer, d.memory.resumes = true, 0 // once an observation shows where the song has stopped
		return action{command: Command{Kind: Transfer, DeviceID: usable[0].ID}}
	case len(usable) == 1:
		d.memory.deviceSearch.foundID = usable[0].ID
		return action{observeBy: d.now}
	}
	if d.hostCommand() != nil { // it waits for this
		return action{observeBy: d.now}
	}
	return action{}
}

// resumeTransferred resumes the room's song after its transfer from a device that has disappeared, if it has
// stopped in the middle. A song that has stopped at its beginning may have been heard completely.
func (d *decision) resumeTransferred() (action, bool) {
	if !d.memory.resumeAfterTransfer || d.activity != pausedSong || d.item == nil || d.item != d.room.NowPlaying {
		return action{}, false
	}
	after := time.Time{}
	if d.memory.resumes > 0 {
		after = d.memory.commandedAt.Add(staleWindow)
	}
	a, ok := d.sendAfter(after, Command{Kind: Resume, DeviceID: d.deviceID()})
	if a.command.Kind != None {
		d.memory.resumes++
		d.memory.resumeAfterTransfer = d.memory.resumes < maxResumes
	}
	return a, ok
}

// maxResumes is how often playback is resumed after a transfer while observations show that it is still paused. If it
// is paused even then, the host is assumed to have paused it.
const maxResumes = 4

// recordControl records the outcome of Pause, Resume or Transfer. If a transfer definitely failed, playback is not
// resumed after it. Whether a Resume succeeded is left to the next observation.
func (d *decision) recordControl() {
	command, fault := d.answer.Command, d.answer.Fault
	if fault != nil && command.HostCommandID == "" {
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(fault, d.now)
	}
	failed := command.Kind == Transfer && fault != nil && fault.Kind != Unreachable
	d.memory.resumeAfterTransfer = d.memory.resumeAfterTransfer && !failed
}
