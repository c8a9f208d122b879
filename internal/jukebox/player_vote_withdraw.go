package jukebox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/party"
)

// WithdrawSkipVote takes back the viewer's skip vote on the song that plays, and that of another user of the same
// browser. It does nothing if there is none, or if nothing plays. A skip that the votes have caused goes ahead.
func (j *Jukebox) WithdrawSkipVote(ctx context.Context, roomID string, key *string) (*party.Playback, error) {
	a, err := j.authorize(ctx, roomID, party.ActVote)
	if err != nil {
		return nil, err
	}
	withdraw := func(ctx context.Context, t *roomTx) (result, error) {
		return result{objectID: roomID}, t.withdrawSkipVote(ctx)
	}
	if _, err := j.changeOnce(ctx, a, key, "withdrawSkipVote", roomID, withdraw); err != nil {
		return nil, fmt.Errorf("withdraw a skip vote: %w", err)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

func (t *roomTx) withdrawSkipVote(ctx context.Context) error {
	playing, err := t.playingItem(ctx)
	if errors.Is(err, errNothingPlays) {
		return nil
	}
	if err != nil {
		return err
	}
	voter, err := t.tx.User.Get(ctx, t.actor)
	if err != nil {
		return err
	}
	taken, err := t.tx.SkipVote.Delete().Where(votesOf(voter, playing.ID)).Exec(ctx)
	if err != nil || taken == 0 {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	if err := t.logLatest(ctx, logEvent{kind: party.EventUnvoted, itemID: playing.ID}); err != nil {
		return err
	}
	t.affects(t.actor)
	_, err = t.storeVotes(ctx, playing, &settings) // withdrawing a vote never skips the song
	return err
}

// skipVote returns the viewer's vote on the song that plays in a state, or nil if nothing plays or the viewer's role
// cannot vote.
func (j *Jukebox) skipVote(ctx context.Context, a access, s *party.State) (*party.SkipVote, error) {
	playing := s.Playback.Item
	if playing == nil || a.role.May(party.ActVote) != nil {
		return nil, nil
	}
	vote := &party.SkipVote{ItemID: playing.ID}
	if a.role.May(party.ActControlPlayer) == nil {
		return vote, nil
	}
	present := wasPresentSince(s.RoomID, playing.StartedAt, time.Now())
	here, err := j.db.Read.Membership.Query().Where(membership.UserID(a.viewer.UserID), present).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up the viewer's presence: %w", err)
	}
	vote.Refusal = s.Settings.MayVoteOnSong(here)
	if s.Playback.SkipVotes == 0 {
		return vote, nil
	}
	voter, err := j.db.Read.User.Query().Where(user.ID(a.viewer.UserID)).Only(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the viewer: %w", err)
	}
	if vote.Voted, err = j.db.Read.SkipVote.Query().Where(votesOf(voter, playing.ID)).Exist(ctx); err != nil {
		return nil, fmt.Errorf("look up the viewer's skip vote: %w", err)
	}
	return vote, nil
}
