package playback

import (
	"context"
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// send carries a command out, even if ctx ends meanwhile: half a command is the one thing that nobody could tell about.
// Nothing is sent by a node whose lease may have ended: it was asleep, and another one drives the room now.
func (d *driver) send(ctx context.Context, c Command) (*Answer, error) {
	if !d.alive() {
		return nil, party.ErrLeaseLost
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime)
	defer cancel()
	ctx, span := d.span(ctx, string(c.Kind))
	answer := &Answer{Command: c}
	err := d.ask(ctx, c, answer)
	answer.Fault = asFault(err)
	finish(span, answer.Fault)
	d.metrics.count(string(c.Kind), answer.Fault)
	d.log.Debug("asked the player", "command", c.Kind, "item_id", c.ItemID, "fault", err)
	return answer, nil
}

func (d *driver) ask(ctx context.Context, c Command, answer *Answer) (err error) {
	host, playlist := d.room.HostID, d.room.PlaylistURI
	switch c.Kind {
	case Play:
		return d.player.Play(ctx, host, c.URI, c.DeviceID)
	case Enqueue:
		return d.player.Enqueue(ctx, host, c.URI)
	case Next:
		return d.player.Next(ctx, host)
	case VerifyQueue:
		answer.Songs, err = d.player.Queue(ctx, host)
	case Pause:
		return d.player.Pause(ctx, host)
	case Resume:
		return d.player.Resume(ctx, host, c.DeviceID)
	case Transfer:
		return d.player.Transfer(ctx, host, c.DeviceID, c.Play)
	case Straighten:
		return d.player.Straighten(ctx, host)
	case Devices:
		answer.Devices, err = d.player.Devices(ctx, host)
	case CreatePlaylist:
		answer.PlaylistURI, err = d.player.CreatePlaylist(ctx, host, "ANTWON-"+d.room.Code, "What the room "+d.room.Code+" plays.")
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

// suggest leaves out what was played lately, what hosts took out of the queue, what is there, and what the rules refuse.
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
		return !d.room.HasRecording(s) && d.room.RefusalToPlay(s, time.Now()) == nil && !slices.ContainsFunc(declined, isSame(s))
	}}
	if uri := d.room.Settings.FallbackPlaylistURI; uri != nil {
		seeds.PlaylistURI = *uri
	}
	songs, err := d.player.Suggest(ctx, d.room.HostID, seeds)
	return slices.DeleteFunc(songs, func(s party.Song) bool { return !s.Playable || !seeds.Fits(s) }), err
}

func isSame(song party.Song) func(party.Song) bool {
	return func(other party.Song) bool { return same(&song, &other) }
}

// forgetPlaylist takes the closed room's playlist out of the host's library. One that stays there does no harm.
func (d *driver) forgetPlaylist(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandTime)
	defer cancel()
	if err := d.player.ForgetPlaylist(ctx, d.room.HostID, d.room.PlaylistURI); err != nil {
		d.log.Warn("the room's playlist could not be removed", "error", err)
	}
}
