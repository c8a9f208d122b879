package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// FinishLogin signs in a host who returns from the identity provider, as Accounts.CompleteLogin does. If the browser
// was a guest before, the guest's rooms, songs and likes become the host's.
func (j *Jukebox) FinishLogin(
	ctx context.Context, answer account.LoginAnswer,
) (returnTo string, s *account.Session, err error) {
	return j.accounts.CompleteLogin(ctx, answer, j.mergeGuest)
}

// FinishSpotify connects the Spotify account of a host who returns from Spotify, as Accounts.CompleteSpotify does. The
// driver of the host's open room observes the player immediately.
func (j *Jukebox) FinishSpotify(ctx context.Context, answer account.SpotifyAnswer) (returnTo string, err error) {
	hostID, returnTo, err := j.accounts.CompleteSpotify(ctx, answer)
	if err != nil {
		return returnTo, err
	}
	return returnTo, j.spotifyChanged(ctx, hostID)
}

// DisconnectSpotify deletes the viewer's Spotify account, its tokens and what is cached about it. The song that plays
// goes on, but the server commits no further songs. For hosts; disconnecting twice is no error.
func (j *Jukebox) DisconnectSpotify(ctx context.Context) error {
	hostID, err := j.accounts.DeleteSpotifyAccount(ctx)
	if err != nil {
		return err
	}
	return j.spotifyChanged(ctx, hostID)
}

// spotifyChanged tells the driver of the host's open room, if any, to observe the player at once, because the host has
// connected or disconnected a Spotify account. It also clears what the room stores of the old account's player.
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
	if party.CodeOf(err) == party.Conflict { // the room was closed in the meantime
		return nil
	}
	return err
}

// resetPlayback clears the device and the playlist of the host's old account, and restores the delivery of the
// settings, from which the driver may have switched because the old player did not support it.
func (t *roomTx) resetPlayback(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	if err := t.versioned().Room.Update().Where(room.ID(t.roomID)).ClearPlaylistURI().Exec(ctx); err != nil {
		return err
	}
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetVersion(t.version).SetDelivery(row.Delivery).
		ClearDeviceID().SetDeviceName("").SetDeviceType("").
		SetDeviceActive(false).SetDeviceRestricted(false).ClearDeviceVolume().Exec(ctx)
}
