package playback

import (
	"slices"

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
	direct := command.Kind == Play || command.Kind == PlayPlaylist
	if direct || command.Kind == Enqueue || command.Kind == Append {
		d.memory.handover = handover{itemID: command.ItemID, loaded: d.memory.observation.Song, direct: direct, watched: true}
	}
	if fault != nil {
		d.learnLimits(fault)
	} else if command.Kind.needsPremium() {
		d.memory.noPremium = false
	}
	if command.HostCommandID != "" {
		d.memory.hostCommand.fault = fault
	}
	switch command.Kind {
	case CreatePlaylist, Devices, Suggest, ResetModes:
		return d.recordReport()
	case Pause, Resume, Transfer:
		d.recordControl()
		return action{}, true
	}
	return action{step: d.recordDelivery()}, true
}

// changesPlayer reports whether a command changes what the player does, so that older observations no longer count.
func (k CommandKind) changesPlayer() bool {
	switch k {
	case VerifyQueue, VerifyPlaylist, CreatePlaylist, Devices, Suggest, ResetModes:
		return false
	}
	return true
}

// needsPremium reports whether Spotify carries a command out only for hosts with Premium.
func (k CommandKind) needsPremium() bool { return k.changesPlayer() && k != Append }

// learnLimits remembers what Spotify does not do for this host at all, so that another delivery is used.
func (d *decision) learnLimits(f *Fault) {
	playlists := d.answer.Command.Kind == CreatePlaylist || d.answer.Command.Kind == Append
	switch {
	case f.Reason == party.ReasonNoPremium:
		d.memory.noPremium = true
	case playlists && (f.Kind == Unavailable || f.Kind == Gone || f.Reason == party.ReasonScope):
		d.memory.noPlaylist = true
	}
}

// recordReport records the outcome of a command that concerns no song of the queue. Its failure leads to a backoff only
// if Spotify must not be asked at all, or if a playlist could not be created for a reason that may pass.
func (d *decision) recordReport() (action, bool) {
	fault := d.answer.Fault
	if fault != nil && (fault.Kind == CoolingDown || d.answer.Command.Kind == CreatePlaylist && !d.memory.noPlaylist) {
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(fault, d.now)
	}
	switch d.answer.Command.Kind {
	case CreatePlaylist:
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
	verified := command.Kind == VerifyQueue || command.Kind == VerifyPlaylist
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
	if !d.hasOtherDelivery(fault) {
		d.memory.commandBackoff = d.memory.commandBackoff.afterFault(fault, d.now)
	}
	if fault.Kind == NoDevice {
		d.memory.deviceSearch.foundID = ""
	}
	delivery := command.Kind == Play || command.Kind == Enqueue || command.Kind == Append
	switch {
	case item == nil || !delivery || item.Commit == party.CommitSent:
		return party.PlaybackStep{}
	case fault.Kind == Unreachable:
		return party.PlaybackStep{UnknownItem: item.ID}
	case fault.Kind == Gone:
		return d.returnOrRefuse(item, maxGoneAttempts)
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// hasOtherDelivery reports whether a failure needs no backoff because songs use the other delivery from now on.
func (d *decision) hasOtherDelivery(f *Fault) bool {
	switch {
	case f.Reason == party.ReasonNoPremium: // a returned song can be delivered by playlist; one that was sent cannot
		kind, item := d.answer.Command.Kind, d.room.Committed()
		returns := (kind == Play || kind == Enqueue) && (item == nil || item.Commit != party.CommitSent)
		return returns && !d.memory.noPlaylist
	case d.answer.Command.Kind == Append:
		return d.memory.noPlaylist && !d.memory.noPremium
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

// recordVerification decides on a committed song whose delivery was verified: either Spotify has it, or it may have
// been heard, or it returns to the queue.
func (d *decision) recordVerification(item *party.QueueItem) party.PlaybackStep {
	d.memory.commandBackoff = backoff{attempts: d.memory.commandBackoff.attempts}
	switch {
	case item == nil:
		return party.PlaybackStep{}
	case d.answerHas(item):
		d.memory.verifiedKey = d.verificationKey(item)
		if item.Commit == party.CommitSent {
			return party.PlaybackStep{}
		}
		return party.PlaybackStep{SentItem: item.ID}
	case d.mayHavePlayed(item), d.playerMovedOn(item):
		return d.assumePlayed(item)
	case item.Commit == party.CommitSent:
		d.memory.commandBackoff = d.memory.commandBackoff.afterNoEffect(d.now)
		return d.returnOrRefuse(item, maxLostAttempts)
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

// answerHas reports whether the songs that were read contain the committed song. In a playlist only the last song
// counts, because equal songs before it are from earlier deliveries.
func (d *decision) answerHas(item *party.QueueItem) bool {
	songs := d.answer.Songs
	if d.answer.Command.Kind == VerifyPlaylist {
		songs = songs[max(0, len(songs)-1):]
	}
	return slices.ContainsFunc(songs, func(s party.Song) bool { return sameRecording(&s, &item.Song) })
}

const (
	// maxGoneAttempts is how often a song is tried that Spotify does not have.
	maxGoneAttempts = 2
	// maxLostAttempts is how often a song is tried that Spotify accepts and does not play, which may be the player's
	// fault.
	maxLostAttempts = 5
)

// returnOrRefuse returns a song that failed to the queue, where other songs go first until all have failed. After
// maxAttempts failures it refuses the song instead.
func (d *decision) returnOrRefuse(item *party.QueueItem, maxAttempts int) party.PlaybackStep {
	d.memory.failedIDs = append(slices.Clip(d.memory.failedIDs), item.ID)
	failures := 0
	for _, id := range d.memory.failedIDs {
		if id == item.ID {
			failures++
		}
	}
	if failures >= maxAttempts {
		return party.PlaybackStep{RefusedItem: item.ID}
	}
	return party.PlaybackStep{ReturnedItem: item.ID}
}

func (d *decision) hasFailed(item *party.QueueItem) bool {
	return slices.Contains(d.memory.failedIDs, item.ID)
}
