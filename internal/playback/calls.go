package playback

import (
	"context"
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// send carries a command out in a host's account and returns its answer. It completes the command even if ctx ends
// meanwhile, because nobody could tell the outcome of a command that was broken off. It returns party.ErrLeaseLost and
// sends nothing if the node's lease may have expired: the process was suspended, and another node may drive the room by
// now.
func (d *driver) send(ctx context.Context, host string, c Command) (*Answer, error) {
	if !d.isAlive() {
		return nil, party.ErrLeaseLost
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTimeout)
	defer cancel()
	ctx, span := d.span(ctx, string(c.Kind))
	answer := &Answer{Command: c}
	err := d.call(ctx, host, c, answer)
	answer.Fault = asFault(err)
	endSpan(span, answer.Fault)
	d.metrics.countCall(string(c.Kind), answer.Fault)
	d.unrecorded += c.Kind.calls()
	d.log.Debug("sent a command to the player", "command", c.Kind, "item_id", c.ItemID, "fault", err)
	return answer, nil
}

// call makes the one call of the Player that c stands for, and stores what it returns in answer.
func (d *driver) call(ctx context.Context, host string, c Command, answer *Answer) (err error) {
	playlist := d.room.PlaylistURI
	switch c.Kind {
	case Play:
		return d.player.Play(ctx, host, c.URI, c.DeviceID, c.Position)
	case Enqueue:
		return d.player.Enqueue(ctx, host, c.URI)
	case Next:
		return d.player.Next(ctx, host)
	case ReadQueue:
		answer.Queue, err = d.player.Queue(ctx, host)
	case Pause:
		return d.player.Pause(ctx, host)
	case Resume:
		return d.player.Resume(ctx, host, c.DeviceID)
	case Transfer:
		return d.player.Transfer(ctx, host, c.DeviceID, c.Play)
	case SetVolume:
		return d.player.SetVolume(ctx, host, c.Volume)
	case ResetModes:
		return d.player.ResetShuffleAndRepeat(ctx, host)
	case Devices:
		answer.Devices, err = d.player.Devices(ctx, host)
	case CreatePlaylist:
		name, description := "ANTWON-"+d.room.Code, "What the room "+d.room.Code+" plays."
		answer.PlaylistURI, err = d.player.CreatePlaylist(ctx, host, name, description)
	case Append:
		return d.player.Append(ctx, host, playlist, c.URI)
	case VerifyPlaylist:
		answer.Songs, err = d.player.PlaylistSongs(ctx, host, playlist)
	case PlayPlaylist:
		return d.player.PlayPlaylist(ctx, host, playlist, c.URI, c.DeviceID)
	case Suggest:
		answer.Songs, err = d.suggest(ctx)
	}
	return err
}

// suggest returns fallback songs for the room, best first. It leaves out what played recently, what hosts removed from
// the queue, what waits already, and what the rules refuse.
func (d *driver) suggest(ctx context.Context) ([]party.Song, error) {
	recent, err := d.rooms.RecentlyPlayed(ctx, d.lease.RoomID)
	if err != nil {
		return nil, err
	}
	declined, err := d.rooms.Declined(ctx, d.lease.RoomID)
	if err != nil {
		return nil, err
	}
	seeds := Seeds{Recent: recent, Fits: func(s party.Song) bool {
		return !d.room.HasRecording(s) && d.room.RefusalToPlay(s, time.Now()) == nil &&
			!slices.ContainsFunc(declined, sameAs(s))
	}}
	if uri := d.room.Settings.FallbackPlaylistURI; uri != nil {
		seeds.PlaylistURI = *uri
	}
	songs, err := d.player.Suggest(ctx, d.room.HostID, seeds)
	return slices.DeleteFunc(songs, func(s party.Song) bool { return !s.Playable || !seeds.Fits(s) }), err
}

func sameAs(song party.Song) func(party.Song) bool {
	return func(other party.Song) bool { return sameRecording(&song, &other) }
}

// removePlaylist removes the playlist that was made for the room, if there is one, from its host's library: the room is
// closed, or has another host by now. A failure is only logged: a playlist that stays there does no harm.
func (d *driver) removePlaylist(ctx context.Context, room *party.State) {
	if room.PlaylistURI == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTimeout)
	defer cancel()
	if err := d.player.ForgetPlaylist(ctx, room.HostID, room.PlaylistURI); err != nil {
		d.log.Warn("the room's playlist could not be removed", "error", err)
	}
}
