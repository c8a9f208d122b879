package playback

import "antwon.dj/backend/internal/party"

// commandProgress is how far the oldest host command has come.
type commandProgress struct {
	id       string
	attempts int    // how often a command was sent to Spotify for it
	fault    *Fault // of the last attempt; nil: it succeeded
}

// maxCommandAttempts is how often a command is sent for a host command whose effect no observation shows.
const maxCommandAttempts = 2

// hostCommand returns the oldest host command that has no answer, or nil.
func (d *decision) hostCommand() *party.HostCommand {
	if len(d.room.PendingCommands) == 0 {
		return nil
	}
	return &d.room.PendingCommands[0]
}

// refuseHostCommand answers a host command that cannot succeed before anything is sent for it. A new command does not
// wait for the end of a backoff after earlier failures.
func (d *decision) refuseHostCommand() (action, bool) {
	command := d.hostCommand()
	if command == nil {
		return action{}, false
	}
	if command.Kind == party.ObserveCommand {
		return d.observeAgain(command), true
	}
	observing, commanding := d.memory.observationBackoff, d.memory.commandBackoff
	switch {
	case d.now.Sub(command.At) >= party.CommandTimeout:
		return d.reply(command, party.UpstreamUnavailable, "The player did not answer in time."), true
	case observing.kind == NotAllowed && !(d.justObserved && d.memory.hostCommand.id == command.ID):
		// Somebody may have changed that at Spotify: observe the player before refusing.
		d.memory.hostCommand = commandProgress{id: command.ID}
		d.memory.observationBackoff.until = d.now
		return action{observeBy: d.now}, true
	case observing.kind != "":
		return d.reply(command, observing.kind.code(), observing.kind.sentence()), true
	case commanding.kind == CoolingDown && d.now.Before(commanding.until):
		return d.reply(command, commanding.kind.code(), commanding.kind.sentence()), true
	case d.memory.hostCommand.id != command.ID:
		d.memory.hostCommand = commandProgress{id: command.ID}
		d.memory.commandBackoff.until = d.now
	}
	return action{}, false
}

// observeAgain answers a command to observe the player. The host has connected another account, or none, so everything
// that was learned about the old one is forgotten first.
func (d *decision) observeAgain(command *party.HostCommand) action {
	if d.memory.hostCommand.id == command.ID && d.justObserved {
		return d.reply(command, "", "")
	}
	if d.memory.hostCommand.id == command.ID { // to forget it once more would record the room's playback in a loop
		return action{observeBy: d.now}
	}
	d.memory.hostCommand = commandProgress{id: command.ID}
	d.memory.observationBackoff, d.memory.commandBackoff = backoff{}, backoff{}
	d.memory.premium, d.memory.playlists = permission{}, permission{}
	d.memory.playlistIgnored, d.memory.modes = false, modesReset{}
	d.memory.shown, d.memory.failures, d.memory.deviceSearch = nil, nil, deviceSearch{}
	return action{observeBy: d.now}
}

// runHostCommand carries the host command out. It sends nothing if the player already does what the command asks for,
// and repeats nothing before a new observation.
func (d *decision) runHostCommand() (action, bool) {
	command := d.hostCommand()
	if command == nil {
		return action{}, false
	}
	sent := d.memory.hostCommand
	switch {
	case sent.attempts > 0 && !d.memory.observedAt.After(d.memory.commandedAt):
		return action{observeBy: d.memory.commandedAt.Add(commandDelay)}, true
	case d.fulfilled(command):
		return d.reply(command, "", ""), true
	case sent.fault != nil && sent.fault.Kind != Unreachable && !d.mayWake(command):
		return d.reply(command, sent.fault.Kind.code(), sent.fault.Kind.sentence()), true
	case sent.attempts > 0 && d.now.Sub(d.memory.commandedAt) < staleWindow:
		return action{observeBy: d.memory.commandedAt.Add(staleWindow)}, true
	case sent.attempts >= maxCommandAttempts && !d.mayWake(command):
		return d.reply(command, party.UpstreamUnavailable, "The player does not react."), true
	}
	return d.sendHostCommand(command)
}

// commandIsIndependent reports whether a host command neither starts nor skips a song, so that it need not wait until
// the committed song is verified.
func (d *decision) commandIsIndependent() bool {
	command := d.hostCommand()
	return command != nil && (command.Kind == party.PauseCommand || command.Kind == party.VolumeCommand)
}

// fulfilled reports whether the player does what the command asks for.
func (d *decision) fulfilled(command *party.HostCommand) bool {
	s := d.memory.observation
	switch command.Kind {
	case party.PauseCommand:
		return d.activity != playingSong && d.activity != playingOther
	case party.ResumeCommand:
		return d.activity == playingSong || d.activity == playingOther
	case party.TransferCommand:
		return active(s) && s.Device.ID == command.Argument
	case party.VolumeCommand:
		return false
	case party.SkipCommand:
		stopped := d.activity == silence && d.memory.hostCommand.attempts > 0
		return stopped || d.activity == playingSong && !d.stillLoaded(command.Argument)
	}
	return true
}

// stillLoaded reports whether the song that a host wants to skip, given by its URI, is still loaded.
func (d *decision) stillLoaded(uri string) bool {
	s := d.memory.observation.Song
	if s == nil || uri == "" {
		return false
	}
	shown := d.lastShown().Song
	return s.URI == uri || shown != nil && shown.URI == uri && sameRecording(s, shown)
}

// sendHostCommand sends the command to Spotify that carries a host command out.
func (d *decision) sendHostCommand(command *party.HostCommand) (action, bool) {
	switch command.Kind {
	case party.PauseCommand:
		return d.sendFor(Command{Kind: Pause}, party.PlaybackStep{})
	case party.TransferCommand:
		plays := d.activity == playingSong || d.activity == playingOther
		return d.sendFor(Command{Kind: Transfer, DeviceID: command.Argument, Play: plays}, party.PlaybackStep{})
	case party.ResumeCommand:
		return d.resume(command)
	case party.VolumeCommand:
		return d.setVolume(command)
	}
	return d.skipSong(command)
}

// resume resumes the song that was paused, starts the room's playlist, or lets the next song begin.
func (d *decision) resume(command *party.HostCommand) (action, bool) {
	item := d.room.Committed()
	switch {
	case d.fellAsleep():
		return d.wakeDevice(command)
	case d.activity == pausedSong, d.activity == pausedOther, d.standsMidSong():
		return d.sendFor(Command{Kind: Resume, DeviceID: d.deviceID()}, party.PlaybackStep{})
	case sentByPlaylist(item):
		return d.sendFor(d.playPlaylistCommand(item), party.PlaybackStep{})
	}
	return d.leaveToRules(command)
}

// fellAsleep reports whether the room's song is paused on a device that no longer answers.
func (d *decision) fellAsleep() bool {
	fault := d.memory.hostCommand.fault
	gone := d.activity == noDevice || fault != nil && fault.Kind == NoDevice
	return gone && d.memory.paused && d.room.NowPlaying != nil
}

// mayWake reports whether a host command that found no device may still find another one.
func (d *decision) mayWake(command *party.HostCommand) bool {
	if command.Kind != party.ResumeCommand || !d.fellAsleep() || d.memory.hostCommand.attempts > maxCommandAttempts {
		return false
	}
	search := d.memory.deviceSearch
	return search.at.Before(command.At) || search.several || search.foundID != ""
}

// wakeDevice resumes the room's song on the host's only device. If there are several devices, or none, it refuses the
// command with a message that asks the host for one.
func (d *decision) wakeDevice(command *party.HostCommand) (action, bool) {
	search, playing := d.memory.deviceSearch, d.room.NowPlaying
	switch {
	case search.at.Before(command.At):
		return d.send(Command{Kind: Devices}, party.PlaybackStep{})
	case search.several:
		const message = "There are several devices. Choose one of them with transferPlayback."
		return d.reply(command, party.Conflict, message), true
	case search.foundID == "":
		return d.reply(command, NoDevice.code(), NoDevice.sentence()), true
	}
	if d.activity == pausedSong || d.memory.hostCommand.attempts == 0 {
		return d.sendFor(Command{Kind: Resume, DeviceID: search.foundID}, party.PlaybackStep{})
	}
	from, _ := d.heardOf(playing) // the device has forgotten the song
	play := d.playCommand(playing)
	play.DeviceID, play.Position = search.foundID, from.progress
	return d.sendFor(play, party.PlaybackStep{})
}

// skipSong skips to the room's next song, which may have to be committed first.
func (d *decision) skipSong(command *party.HostCommand) (action, bool) {
	if d.nothingPlays() {
		return d.leaveToRules(command)
	}
	a, ok := d.sendSkip()
	if a.command.Kind != None && d.item != nil && d.stillLoaded(command.Argument) {
		d.memory.skippedID = d.item.ID
	}
	return a, ok
}

// sendSkip sends a host's skip to the player.
func (d *decision) sendSkip() (action, bool) {
	next := d.pick()
	switch {
	case d.room.Committed() != nil || next == nil:
		return d.sendFor(Command{Kind: Next}, party.PlaybackStep{})
	case d.usesPlaylist(): // the next decision skips to it
		return d.send(d.appendCommand(next), commitStep(next, party.DeliveryPlaylist))
	}
	return d.sendFor(d.playCommand(next), commitStep(next, party.DeliveryQueue))
}

// leaveToRules lets the other rules start the room's next song, as they do whenever nothing plays. If there is no song,
// it refuses the command.
func (d *decision) leaveToRules(command *party.HostCommand) (action, bool) {
	if d.hasNext() {
		return action{}, false
	}
	return d.reply(command, party.Conflict, "There is nothing to play."), true
}

// sendFor sends a command on behalf of the host command, and counts the attempt.
func (d *decision) sendFor(c Command, step party.PlaybackStep) (action, bool) {
	c.HostCommandID = d.memory.hostCommand.id
	a, ok := d.send(c, step)
	if a.command.Kind != None {
		d.memory.hostCommand.attempts++
		d.memory.hostCommand.fault = nil
	}
	return a, ok
}

// standsMidSong reports whether a song is loaded that does not play and has stopped in the middle.
func (d *decision) standsMidSong() bool {
	s := d.memory.observation
	return active(s) && s.Song != nil && !s.Playing && s.Progress > 0 && !d.finished(s)
}

// reply answers a host command. An empty code means success.
func (d *decision) reply(command *party.HostCommand, code party.Code, message string) action {
	d.memory.hostCommand, d.memory.resumeAfterTransfer = commandProgress{}, false
	return action{step: party.PlaybackStep{Answered: &party.Answer{CommandID: command.ID, Code: code, Message: message}}}
}

// code returns the code of the answer to a host command that failed this way.
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

// sentence returns the message for the host in that answer.
func (k FaultKind) sentence() string {
	switch k {
	case NoDevice, Gone:
		return "There is no such device. Open Spotify on it first."
	case Restricted:
		return "The player does not allow this at the moment."
	case NotAllowed:
		return "Spotify does not let this server control the player. The room's health says why."
	case ReconnectNeeded:
		return "Spotify no longer accepts the connection. Connect Spotify again."
	case CoolingDown:
		return "Spotify asks for fewer requests. Try again later."
	}
	return "Spotify does not answer at the moment."
}
