package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"

	"antwon.dj/backend/ent/roomplayback"
)

// FinishLogin signs in a host whom the identity provider has sent back, like Accounts.CompleteLogin. A guest of the same browser
// becomes this host, with songs and likes.
func (j *Jukebox) FinishLogin(ctx context.Context, answer account.LoginAnswer) (returnTo string, s *account.Session, err error) {
	return j.accounts.CompleteLogin(ctx, answer, j.mergeGuest)
}

// FinishSpotify connects the Spotify account of a host whom Spotify has sent back, like Accounts.CompleteSpotify. The player of
// the host's open room is looked at immediately.
func (j *Jukebox) FinishSpotify(ctx context.Context, answer account.SpotifyAnswer) (returnTo string, err error) {
	hostID, returnTo, err := j.accounts.CompleteSpotify(ctx, answer)
	if err != nil {
		return returnTo, err
	}
	return returnTo, j.spotifyChanged(ctx, hostID)
}

// DisconnectSpotify forgets the viewer's Spotify account: its tokens and whatever else is known of it are deleted. The song that
// plays goes on, but the server hands over no further songs. For hosts; disconnecting twice is no error.
func (j *Jukebox) DisconnectSpotify(ctx context.Context) error {
	hostID, err := j.accounts.ForgetSpotify(ctx)
	if err != nil {
		return err
	}
	return j.spotifyChanged(ctx, hostID)
}

// nudgeHosted has whoever drives the host's open room look at once: what they can do there is different now. What is known
// of the device goes with the account.
func (j *Jukebox) spotifyChanged(ctx context.Context, hostID string) error {
	id, err := j.db.Read.Room.Query().Where(room.OpenHostID(hostID)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the host's room: %w", err)
	}
	err = j.changer.change(ctx, id, func(ctx context.Context, t *roomTx) error {
		t.affectsNobody()
		if _, err := t.enqueueCommand(ctx, party.HostCommand{Kind: party.ObserveCommand}); err != nil {
			return err
		}
		return t.resetPlayback(ctx)
	})
	if party.CodeOf(err) == party.Conflict { // closed meanwhile
		return nil
	}
	return err
}

// forgetAccount: nobody knows any more what the music plays on. The playlist was the other account's, and what did not work
// with that may work with the next.
func (t *roomTx) resetPlayback(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	if err := t.versioned().Room.Update().Where(room.ID(t.roomID)).ClearPlaylistURI().Exec(ctx); err != nil {
		return err
	}
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVersion(1).SetDelivery(row.Delivery).ClearDeviceID().SetDeviceName("").
		SetDeviceType("").SetDeviceActive(false).SetDeviceRestricted(false).ClearDeviceVolume().Exec(ctx)
}
