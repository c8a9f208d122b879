package playback

import (
	"strconv"

	"antwon.dj/backend/internal/party"
)

// A change of the volume does not affect songs, so what is known about them stays valid. Spotify's answer to the
// command suffices, and no observation has to confirm it.

const fixedVolume = "The volume of this device cannot be changed from here."

// setVolume sets the volume of the active device, as a host has asked. It refuses the command if no device is active,
// or if the device's volume is fixed.
func (d *decision) setVolume(command *party.HostCommand) (action, bool) {
	percent, err := strconv.Atoi(command.Argument)
	if err != nil {
		return d.reply(command, party.Internal, "The volume cannot be read."), true
	}
	a, ok := d.sendFor(Command{Kind: SetVolume, Volume: percent}, party.PlaybackStep{})
	switch s := d.memory.observation; {
	case a.command.Kind == None: // the player has to be observed first
		return a, ok
	case !active(s):
		return d.reply(command, NoDevice.code(), NoDevice.sentence()), true
	case s.Device.FixedVolume:
		return d.reply(command, party.Conflict, fixedVolume), true
	}
	return a, ok
}

// recordVolume answers the host's command. A failure says nothing about songs, unless Spotify must not be asked at all.
func (d *decision) recordVolume() action {
	sent, fault := d.answer.Command, d.answer.Fault
	if fault != nil && fault.Kind == CoolingDown {
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(fault, d.now)
	}
	if device := d.memory.observation.Device; fault == nil && device != nil {
		changed := *device
		changed.VolumePercent = &sent.Volume
		d.memory.observation.Device = &changed
	}
	command := d.hostCommand()
	switch {
	case command == nil || command.ID != sent.HostCommandID: // it was superseded
		return action{}
	case fault == nil:
		return d.reply(command, "", "")
	case fault.Kind == Restricted:
		return d.reply(command, party.Conflict, fixedVolume)
	}
	return d.reply(command, fault.Kind.code(), fault.Kind.sentence())
}
