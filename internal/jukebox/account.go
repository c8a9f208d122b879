package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
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
	return returnTo, j.nudgeHosted(ctx, hostID)
}

// DisconnectSpotify forgets the viewer's Spotify account: its tokens and whatever else is known of it are deleted. The song that
// plays goes on, but the server hands over no further songs. For hosts; disconnecting twice is no error.
func (j *Jukebox) DisconnectSpotify(ctx context.Context) error {
	hostID, err := j.accounts.ForgetSpotify(ctx)
	if err != nil {
		return err
	}
	return j.nudgeHosted(ctx, hostID)
}

// nudgeHosted has whoever drives the host's open room look at once: what they can do there is different now. What is known
// of the device goes with the account.
func (j *Jukebox) nudgeHosted(ctx context.Context, hostID string) error {
	id, err := j.db.Read.Room.Query().Where(room.OpenHostID(hostID)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the host's room: %w", err)
	}
	err = j.changer.change(ctx, id, func(ctx context.Context, t *roomTx) error {
		t.concernsNobody()
		if _, err := t.leave(ctx, party.HostCommand{Kind: party.ObserveCommand}); err != nil {
			return err
		}
		return t.forgetAccount(ctx)
	})
	if party.CodeOf(err) == party.Conflict { // closed meanwhile
		return nil
	}
	return err
}
