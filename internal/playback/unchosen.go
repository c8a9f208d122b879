package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// This file recognises songs that nobody chose. When the host skips a song in Spotify's app, the player goes on with
// whatever it would have played next by itself. What the host chose is respected until its end; what nobody chose gives
// way to the room's next song at once.

const (
	foresightDelay = 10 * time.Second // from the first observation of the room's song until the queue is read
	foresightSongs = 3                // how many of the songs that would follow are remembered
)

// foresight is what the player would play by itself after a song of the room.
type foresight struct {
	itemID string
	seenAt time.Time // when the song was first observed
	read   bool
	uris   []string
}

// lookAhead reads once for each song of the room what the player would play after it by itself.
func (d *decision) lookAhead() (action, bool) {
	playing, f := d.room.NowPlaying, &d.memory.foresight
	if d.activity != playingSong || playing == nil || d.item != playing {
		return action{}, false
	}
	if f.itemID != playing.ID {
		*f = foresight{itemID: playing.ID, seenAt: d.now}
	}
	useless := f.read || d.room.Committed() != nil || d.pick() == nil || d.usesPlaylist() || d.nearEnd() || d.memory.hidden
	costly := d.isRationed(d.now)
	if useless || costly || d.now.Sub(f.seenAt) < foresightDelay || d.memory.commandBackoff.kind != "" {
		return action{}, false
	}
	if d.now.Sub(d.memory.observedAt) > maxObservationAge {
		return action{}, false // there is no hurry: the queue is read after the next observation
	}
	f.read = true
	return action{command: Command{Kind: ReadQueue, ItemID: playing.ID, URI: playing.Song.URI}}, true
}

// recordForesight records what lookAhead has read. It returns false if the answer is to another command.
func (d *decision) recordForesight() bool {
	command, f := d.answer.Command, &d.memory.foresight
	next := d.room.Committed()
	if command.Kind != ReadQueue || command.ItemID != f.itemID || next != nil && next.ID == command.ItemID {
		return false
	}
	f.uris = nil
	for _, song := range d.answer.Queue.Next[:min(len(d.answer.Queue.Next), foresightSongs)] {
		f.uris = append(f.uris, song.URI)
	}
	return true
}

// unchosen reports whether a song plays that follows the room's last one only because the player went on by itself.
func (d *decision) unchosen() bool {
	s := d.memory.observation
	if d.activity != playingSong || d.item != nil || s.Song == nil || d.memory.lastEnded.song == nil {
		return false
	}
	ended, foreseen := d.memory.lastEnded, d.memory.foresight
	follows := ended.itemID == foreseen.itemID && d.songBegan().Sub(ended.at).Abs() < time.Minute
	return follows && slices.Contains(foreseen.uris, s.Song.URI)
}

// replaceUnchosen plays the room's next song in place of one that nobody chose.
func (d *decision) replaceUnchosen() (action, bool) {
	item := d.pick()
	if item == nil || item.IsUnlikedFallback() || d.givesWay(item) {
		return action{}, false
	}
	if d.room.Committed() != nil || d.usesPlaylist() || !d.unchosen() {
		return action{}, false
	}
	if d.seenOnce() {
		return action{observeBy: d.nextLook()}, true
	}
	return d.send(d.playCommand(item), commitStep(item, party.DeliveryQueue))
}
