package playback

import (
	"cmp"
	"time"

	"antwon.dj/backend/internal/party"
)

// verifyCommitted reads Spotify's queue, or the room's playlist, if it is unknown whether the committed song is there.
// A PENDING song was left behind by a crash of this server, or by another server whose command may still be on its way.
func (d *decision) verifyCommitted() (action, bool) {
	item := d.room.Committed()
	if item == nil || item.Commit == party.CommitSent {
		return action{}, false
	}
	if d.queueUnreliable() || d.readsSeldom(item) || d.commandIsIndependent() {
		return action{}, false // other rules come first: host commands, and the search for a device
	}
	if d.passedOver(item) && d.now.Before(d.memory.commandBackoff.until) { // the queue cannot be read, and need not be
		return action{step: d.returnOrRefuse(item, false)}, true
	}
	since := later(item.CommittedAt, d.memory.commandedAt).Add(staleWindow)
	if item.Commit == party.CommitPending && d.memory.commandedAt.IsZero() {
		since = item.CommittedAt.Add(commandTimeout)
	}
	return d.sendAfter(later(since, d.memory.verifyAfter), verifyCommand(item))
}

// createPlaylist creates the room's playlist when songs are to be delivered by it.
func (d *decision) createPlaylist() (action, bool) {
	if d.delivery() != party.DeliveryPlaylist || d.room.PlaylistURI != "" || d.noPlaylist() || !d.hasNext() {
		return action{}, false
	}
	return d.send(Command{Kind: CreatePlaylist}, party.PlaybackStep{})
}

// abandonPlaylist returns the committed song to the queue if it stands in the playlist, but the player went on to
// something else, or stopped. From then on songs are delivered to the player's queue.
func (d *decision) abandonPlaylist() (action, bool) {
	item := d.room.Committed()
	if !sentByPlaylist(item) || !d.room.HasPlayed || d.noPremium() {
		return action{}, false
	}
	since := item.CommittedAt.Add(minPlaylistNotice)
	fromList := d.memory.observation.Context == d.room.PlaylistURI // a player of something else rightly ignores additions
	stopped := d.activity == silence && d.room.NowPlaying == nil && d.memory.silentSince.After(since) && fromList
	elsewhere := d.activity == playingSong && d.item == nil && d.nearEnd() && d.songBegan().After(since)
	if !stopped && !elsewhere {
		return action{}, false
	}
	d.memory.playlistIgnored = true
	return action{step: party.PlaybackStep{ReturnedItem: item.ID}}, true
}

// minPlaylistNotice is the time that a player needs to notice an addition to its playlist. Only a player that has had
// this time and still moved on to something else, or stopped, ignores additions.
const minPlaylistNotice = 20 * time.Second

// recoverCommitted makes the committed song play, or assumes that it has been played, when it should play by now and
// nothing does.
func (d *decision) recoverCommitted() (action, bool) {
	item := d.room.Committed()
	if item == nil || !d.nothingPlays() || d.queueUnreliable() {
		return action{}, false
	}
	if d.seenOnce() {
		return action{observeBy: d.nextLook()}, true
	}
	since := later(d.memory.silentSince, later(item.CommittedAt, d.memory.commandedAt))
	loaded := d.memory.observation.Song != nil && sameRecording(d.memory.observation.Song, &item.Song)
	switch {
	case loaded && !d.playHadNoEffect(item) && !d.onlyHostCanStart():
		if d.now.Sub(since) < staleWindow {
			return action{observeBy: since.Add(staleWindow)}, true
		}
		return action{step: d.assumePlayed(item)}, true
	case item.Via == party.DeliveryPlaylist:
		return d.startPlaylist(item, since)
	case d.noPremium() && d.mayHavePlayed(item): // the songs after it can be delivered by playlist
		return action{step: d.assumePlayed(item)}, true
	case loaded:
		return d.sendAfter(since.Add(staleWindow), d.playCommand(item))
	case d.memory.verifiedKey == d.verificationKey(item):
		return d.sendAfter(since.Add(staleWindow), Command{Kind: Next, ItemID: item.ID})
	}
	return d.sendAfter(since.Add(staleWindow), verifyCommand(item))
}

// startPlaylist plays the room's playlist from the committed song on. It leaves the first start to the host, because
// players that were told to play a playlist notice additions less often than players whose host pressed play.
func (d *decision) startPlaylist(item *party.QueueItem, since time.Time) (action, bool) {
	if d.activity == noDevice && !d.knowsDevice() || d.onlyHostCanStart() {
		return action{}, false
	}
	return d.sendAfter(since.Add(staleWindow), d.playPlaylistCommand(item))
}

// onlyHostCanStart reports whether nothing plays and only the host can start it, by pressing play on the playlist.
func (d *decision) onlyHostCanStart() bool {
	item := d.room.Committed()
	return sentByPlaylist(item) && d.nothingPlays() &&
		d.room.NowPlaying == nil && (!d.room.HasPlayed || d.noPremium())
}

// sentByPlaylist reports whether an item, which may be nil, was appended to the room's playlist.
func sentByPlaylist(item *party.QueueItem) bool {
	return item != nil && item.Via == party.DeliveryPlaylist && item.Commit == party.CommitSent
}

// verifyOvertaken reads whether Spotify still has the committed song when another song began after the commit and ends
// soon. Either songs that the host had queued went first, or Spotify has lost the committed song. If the committed song
// was played directly, any other song that plays has overtaken it.
func (d *decision) verifyOvertaken() (action, bool) {
	if !d.nearEnd() || !d.isOvertaken() {
		return action{}, false
	}
	return d.sendAfter(d.memory.verifyAfter, verifyCommand(d.room.Committed()))
}

// isOvertaken reports whether another song began after the commit, and it is unknown whether the committed song still
// waits.
func (d *decision) isOvertaken() bool {
	item := d.room.Committed()
	if item == nil || item.Via == party.DeliveryPlaylist {
		return false
	}
	overtaken := d.memory.handover.direct || d.songBegan().After(item.CommittedAt.Add(maxObservationAge))
	return overtaken && d.memory.verifiedKey != d.verificationKey(item) && !d.readsSeldom(item)
}

// commit commits the next song when the current one, of the room or of the host, ends soon. A playlist that was never
// started gets its first song at once, so that the host has something to press play on.
func (d *decision) commit() (action, bool) {
	item := d.pick()
	hostPlays := d.item == nil // something that is not from this room
	if item == nil || d.room.Committed() != nil || item.IsUnlikedFallback() && hostPlays {
		return action{}, false
	}
	if d.givesWay(item) { // nothing else waits
		return action{observeBy: d.failureOf(item).until}, true
	}
	playlist := d.usesPlaylist()
	if !d.nearEnd() && !(playlist && !d.room.HasPlayed) {
		return action{}, false
	}
	if playlist {
		return d.send(d.appendCommand(item), commitStep(item, party.DeliveryPlaylist))
	}
	return d.send(Command{Kind: Enqueue, ItemID: item.ID, URI: item.Song.URI}, commitStep(item, party.DeliveryQueue))
}

// playDirectly commits the next song and plays it at once when nothing plays. With delivery by playlist it appends the
// song instead, which needs no device.
func (d *decision) playDirectly() (action, bool) {
	item := d.pick()
	if item == nil || d.room.Committed() != nil || d.room.NowPlaying != nil || !d.nothingPlays() {
		return action{}, false
	}
	if d.givesWay(item) { // nothing else waits
		return action{observeBy: d.failureOf(item).until}, true
	}
	if d.usesPlaylist() {
		return d.send(d.appendCommand(item), commitStep(item, party.DeliveryPlaylist))
	}
	if d.seenOnce() && (d.activity == noDevice || d.unknownBefore()) {
		return action{observeBy: d.nextLook()}, true
	}
	if d.activity == noDevice && (!d.knowsDevice() || d.mustNotWakeDevice(item)) {
		return action{}, false
	}
	return d.send(d.playCommand(item), commitStep(item, party.DeliveryQueue))
}

// unknownBefore reports whether nothing but the newest observations shows that nothing plays: this driver has not seen
// a song of the room end, or the last one was skipped by a command, which may have had no effect, or another song has
// begun since.
func (d *decision) unknownBefore() bool {
	ended, s := d.memory.lastEnded, d.memory.observation
	if ended.song == nil || ended.itemID == d.memory.skippedID {
		return true
	}
	return s.Song != nil && s.Progress > 0 && !inTail(s) && !sameRecording(s.Song, ended.song)
}

// commitStep returns the step that commits an item.
func commitStep(item *party.QueueItem, via party.Delivery) party.PlaybackStep {
	return party.PlaybackStep{CommitItem: item.ID, CommitVia: via}
}

// updateDelivery forgets which deliveries do not work when the host chooses a delivery. If the host has chosen the same
// one again, the room shows another delivery than the one that this driver recorded last.
func (d *decision) updateDelivery() {
	requested, shown := d.room.Settings.Delivery, d.memory.shown
	again := shown != nil && cmp.Or(d.room.Playback.Delivery, party.DeliveryQueue) != shown.Delivery
	if d.memory.requestedDelivery == requested && !again {
		return
	}
	d.memory.requestedDelivery = requested
	d.memory.premium, d.memory.playlists = permission{}, permission{}
	d.memory.playlistIgnored, d.memory.playlistsAgain = false, false
}

// delivery returns how songs are delivered: as the host has chosen, unless that has turned out not to work.
func (d *decision) delivery() party.Delivery {
	shown := d.room.Playback.Delivery
	switch {
	case d.noPremium() && !d.noPlaylist():
		return party.DeliveryPlaylist
	case d.noPlaylist() || d.memory.playlistIgnored:
		return party.DeliveryQueue
	case d.memory.playlistsAgain:
		return d.room.Settings.Delivery
	case shown == "":
		return party.DeliveryQueue
	}
	return shown
}

func (d *decision) usesPlaylist() bool {
	return d.delivery() == party.DeliveryPlaylist && d.room.PlaylistURI != ""
}

// pick returns the first song of the queue that may begin and need not give way to others or, if all need to, the first
// one that may begin; nil if there is none, or if the next host's player has to begin it.
func (d *decision) pick() *party.QueueItem {
	if d.hasNextHost() {
		return nil
	}
	for _, item := range d.room.Queue {
		if d.room.MayStart(item, d.now) && !d.givesWay(item) {
			return item
		}
	}
	return d.room.NextToPlay(d.now)
}

func (d *decision) playCommand(item *party.QueueItem) Command {
	return Command{Kind: Play, ItemID: item.ID, URI: item.Song.URI, DeviceID: d.deviceID()}
}

func (d *decision) appendCommand(item *party.QueueItem) Command {
	return Command{Kind: Append, ItemID: item.ID, URI: item.Song.URI}
}

func (d *decision) playPlaylistCommand(item *party.QueueItem) Command {
	return Command{Kind: PlayPlaylist, ItemID: item.ID, URI: item.Song.URI, DeviceID: d.deviceID()}
}

func (d *decision) deviceID() string {
	if device := d.memory.observation.Device; device != nil && d.memory.deviceSearch.foundID == "" {
		return device.ID
	}
	return d.memory.deviceSearch.foundID
}

func verifyCommand(item *party.QueueItem) Command {
	kind := ReadQueue
	if item.Via == party.DeliveryPlaylist {
		kind = VerifyPlaylist
	}
	return Command{Kind: kind, ItemID: item.ID, URI: item.Song.URI}
}
