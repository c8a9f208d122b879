package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// recordAnswer records the outcome of a command. It returns false if no command was answered.
func (d *decision) recordAnswer() (action, bool) {
	if d.answer == nil {
		return action{}, false
	}
	command, fault := d.answer.Command, d.answer.Fault
	if command.Kind.changesPlayer() {
		d.memory.commandedAt = d.now
	}
	if command.Kind.changesSound() && (fault == nil || fault.Kind == Unreachable) {
		d.memory.changedAt, d.memory.alike = d.now, alikeLooks{}
		switch {
		case fault != nil:
			d.memory.lateUntil = d.now.Add(lateEffect)
		case command.Kind.startsSong(): // whatever came before, this is what plays
			d.memory.lateUntil = time.Time{}
		}
	}
	d.rememberHandover()
	d.learnPermissions()
	if command.HostCommandID != "" {
		d.memory.hostCommand.fault = fault
		refused := fault != nil && fault.Kind != Unreachable
		if refused && command.Kind.startsSong() && d.memory.hostCommand.attempts == 1 { // nothing was skipped
			d.memory.skippedID = ""
		}
	}
	switch command.Kind {
	case CreatePlaylist, Devices, Suggest, ResetModes:
		return d.recordReport()
	case ReadQueue:
		if d.recordForesight() {
			return action{}, true
		}
	case Pause, Resume, Transfer:
		d.recordControl()
		return action{}, true
	case SetVolume:
		return d.recordVolume(), true
	}
	a := action{step: d.recordDelivery()}
	if command.Kind == ReadQueue && fault == nil && a.step.IsEmpty() {
		d.answer = nil // nothing is to be recorded, so what follows from it need not wait for another observation
		return action{}, false
	}
	if d.memory.verifyAfter.After(d.now) {
		a.observeBy = d.memory.verifyAfter
	}
	return a, true
}

// changesPlayer reports whether a command changes what the player does, so that older observations no longer count.
func (k CommandKind) changesPlayer() bool {
	switch k {
	case ReadQueue, VerifyPlaylist, CreatePlaylist, Devices, Suggest, ResetModes, SetVolume:
		return false
	}
	return true
}

// delivers reports whether a command hands a song to the player.
func (k CommandKind) delivers() bool { return k == Play || k == Enqueue || k == Append }

// changesSound reports whether a command changes what is heard at once.
func (k CommandKind) changesSound() bool {
	switch k {
	case Play, PlayPlaylist, Next, Pause, Resume, Transfer:
		return true
	}
	return false
}

// startsSong reports whether a command ends what plays and lets another song begin.
func (k CommandKind) startsSong() bool { return k == Play || k == PlayPlaylist || k == Next }

// needsPremium reports whether Spotify carries a command out only for hosts with Premium.
func (k CommandKind) needsPremium() bool {
	return k.changesPlayer() && k != Append || k == ResetModes || k == SetVolume
}

// rememberHandover remembers how a song was handed to the player, whatever the outcome.
func (d *decision) rememberHandover() {
	command := d.answer.Command
	direct := command.Kind == Play || command.Kind == PlayPlaylist
	if !direct && !command.Kind.delivers() {
		return
	}
	loaded := d.memory.observation.Song
	if playing := d.room.NowPlaying; !direct && loaded == nil && playing != nil { // it goes on after an interruption
		loaded = &playing.Song
	}
	plays := d.activity == playingSong
	d.memory.handover = handover{
		itemID: command.ItemID, loaded: loaded, direct: direct, over: direct && plays, watched: true,
	}
	if left := d.remaining(); command.Kind == Enqueue && plays && left >= lateEffect {
		d.memory.handover.ends = d.now.Add(left)
	}
}

// learnPermissions remembers what Spotify does for this host and what it refuses. Once a refusal is a fact, songs use
// the other delivery.
func (d *decision) learnPermissions() {
	kind, f := d.answer.Command.Kind, d.answer.Fault
	playlists := kind == CreatePlaylist || kind == Append
	switch {
	case f == nil && playlists:
		d.memory.playlistsAgain = d.memory.playlistsAgain || d.memory.playlists.denied
		d.memory.playlists = d.memory.playlists.allowed(d.now)
	case f == nil && kind.needsPremium():
		d.memory.premium = d.memory.premium.allowed(d.now)
		if d.memory.commandBackoff.kind == NotAllowed { // this success has disproved it
			d.memory.commandBackoff = backoff{}
		}
	case f == nil:
	case f.Reason == party.ReasonNoPremium:
		d.memory.premium = d.memory.premium.refused(d.now)
	case playlists && (f.Kind == Unavailable || f.Kind == Gone || f.Reason == party.ReasonScope):
		d.memory.playlists, d.memory.playlistsAgain = d.memory.playlists.refused(d.now), false
	}
}

// recordReport records the outcome of a command that concerns no song of the queue. Its failure leads to a backoff only
// if Spotify must not be asked at all, or if a playlist could not be created for a reason that may pass.
func (d *decision) recordReport() (action, bool) {
	fault := d.answer.Fault
	if fault != nil && (fault.Kind == CoolingDown || d.answer.Command.Kind == CreatePlaylist && !d.noPlaylist()) {
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(fault, d.now)
	}
	switch d.answer.Command.Kind {
	case CreatePlaylist:
		if fault == nil && d.answer.PlaylistURI == "" { // Spotify says that it has created one, and does not name it
			d.memory.commandBackoff = d.memory.commandBackoff.afterNoEffect(d.now)
		}
		return action{step: party.PlaybackStep{PlaylistURI: d.answer.PlaylistURI}, observeBy: d.now}, true
	case Devices:
		return d.recordDevices(), true
	case Suggest:
		return action{step: d.recordSuggestions()}, true
	}
	return action{}, true
}

// recordDelivery records the outcome of a command that concerns the committed song, or of Next.
func (d *decision) recordDelivery() party.PlaybackStep {
	command := d.answer.Command
	item := d.room.Committed()
	if item != nil && item.ID != command.ItemID {
		item = nil
	}
	verified := command.Kind == ReadQueue || command.Kind == VerifyPlaylist
	switch {
	case d.answer.Fault != nil:
		return d.recordFailure(item)
	case verified:
		return d.recordVerification(item)
	}
	return d.recordSuccess(item)
}

// recordFailure records a command that failed. If a song was definitely not delivered, it returns to the queue; if that
// is unknown, it is marked UNKNOWN. A failure to send a song again, or to verify it, does not change the song.
func (d *decision) recordFailure(item *party.QueueItem) party.PlaybackStep {
	command, fault := d.answer.Command, d.answer.Fault
	if d.hasOtherDelivery(fault) {
		d.memory.commandBackoff = backoff{}
	} else {
		d.backOff(item, fault)
	}
	if fault.Kind == NoDevice {
		d.memory.deviceSearch.foundID, d.memory.verifiedKey = "", ""
	}
	delivery := command.Kind.delivers()
	switch {
	case fault.Kind == NoDevice && !delivery && d.lostWithDevice(item):
		return d.assumePlayed(item)
	case d.playlistLacks(item):
		return d.returnOrRefuse(item, true)
	case item == nil || !delivery || item.Commit == party.CommitSent:
		return party.PlaybackStep{}
	case fault.Kind == Unreachable:
		return party.PlaybackStep{UnknownItem: item.ID}
	case d.concernsSong(fault):
		return d.returnOrRefuse(item, fault.Kind == Gone)
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// playlistLacks reports whether Spotify has refused repeatedly to play the room's playlist from an item on, because the
// playlist does not contain the item or the item cannot be played.
func (d *decision) playlistLacks(item *party.QueueItem) bool {
	b := d.memory.commandBackoff
	return item != nil && d.answer.Command.Kind == PlayPlaylist && b.kind == Gone && b.refusals >= 2
}

// lostWithDevice reports whether a song waited in the queue of a device that has disappeared, for so long that it may
// have been heard. Waiting longer for that device would keep the room silent.
func (d *decision) lostWithDevice(item *party.QueueItem) bool {
	return item != nil && item.Via != party.DeliveryPlaylist && d.activity == noDevice && d.mayHavePlayed(item)
}

// backOff sets the backoff after a command that failed. If only this song fails, as far as is known, the room's other
// songs wait only for commandDelay, and the room's health stays OK.
func (d *decision) backOff(item *party.QueueItem, fault *Fault) {
	next := d.memory.commandBackoff.afterFault(fault, d.now)
	if fault.Reason == party.ReasonNoPremium && d.noPremium() { // that is a fact already
		next.doubted = false
		next.until = d.now.Add(next.wait(fault.Kind)) // the attempts before say nothing about how long this lasts
	}
	if item != nil && d.answer.Command.Kind.delivers() && d.concernsSong(fault) && d.othersWork(item) {
		next.until = d.now.Add(commandDelay)
		if fault.Kind != Unreachable || d.failureOf(item).times > 0 {
			next.kind, next.reason = "", ""
		}
	}
	d.memory.commandBackoff = next
}

// hasOtherDelivery reports whether a failure needs no backoff because songs use the other delivery from now on.
func (d *decision) hasOtherDelivery(f *Fault) bool {
	switch {
	case f.Reason == party.ReasonNoPremium: // a returned song can be delivered by playlist; one that was sent cannot
		kind, item := d.answer.Command.Kind, d.room.Committed()
		returns := (kind == Play || kind == Enqueue) && (item == nil || item.Commit != party.CommitSent)
		return returns && d.noPremium() && !d.noPlaylist()
	case d.answer.Command.Kind == Append:
		return d.noPlaylist() && !d.noPremium()
	}
	return false
}

// recordSuccess marks the committed song as sent.
func (d *decision) recordSuccess(item *party.QueueItem) party.PlaybackStep {
	switch {
	case item == nil: // Next skipped a song
		return party.PlaybackStep{}
	case item.Commit == party.CommitSent: // it had been sent before, without effect
		d.memory.verifiedKey = ""
		d.memory.commandBackoff = d.memory.commandBackoff.afterNoEffect(d.now)
		return party.PlaybackStep{}
	}
	d.memory.commandBackoff = backoff{attempts: d.memory.commandBackoff.attempts}
	return party.PlaybackStep{SentItem: item.ID}
}
