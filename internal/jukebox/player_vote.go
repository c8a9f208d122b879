package jukebox

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/ent/skipvote"
	"antwon.dj/backend/internal/party"
)

// VoteToSkip votes for ending the song that plays; a host's vote ends it at once, like SkipSong. Conflict while no song of
// the room plays; Refused in its first seconds, for a second vote, and where nobody can vote. For guests.
func (j *Jukebox) VoteToSkip(ctx context.Context, roomID string, key *string) (*party.Playback, error) {
	a, err := j.authorize(ctx, roomID, party.ActVote)
	if err != nil {
		return nil, err
	}
	skip, err := j.skipCommand(ctx, roomID)
	if err != nil {
		return nil, err
	}
	done, err := j.changeOnce(ctx, a, key, "voteToSkip", roomID, func(ctx context.Context, t *roomTx) (result, error) {
		if t.role.May(party.ActControlPlayer) == nil {
			return t.enqueueAndLog(ctx, skip)
		}
		return result{objectID: roomID}, t.voteToSkip(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("vote to skip: %w", err)
	}
	if done.objectID != roomID { // a host's
		return j.awaitAnswer(ctx, roomID, done.objectID)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

func (t *roomTx) voteToSkip(ctx context.Context) error {
	playing, err := t.playingItem(ctx)
	if err != nil {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	voted, err := t.tx.SkipVote.Query().Where(skipvote.ItemID(playing.ID), skipvote.UserID(t.actor)).Exist(ctx)
	if err != nil {
		return err
	}
	asked, err := t.isSkipPending(ctx)
	if err != nil {
		return err
	}
	switch {
	case settings.SkipVotePercent == 0:
		return (&party.Refusal{party.ReasonVotesOff, "The host does not let guests vote here."}).Err()
	case voted && valueOrEmpty(playing.SkippedBy) == string(party.SkippedByVotes) && !asked: // the votes were enough, but the player did not skip
		t.affects(t.actor)
		return t.countVotes(ctx, playing, &settings)
	case voted:
		return (&party.Refusal{party.ReasonAlreadyVoted, "You have voted on this song already."}).Err()
	case t.now.Before(party.VotesFrom(*playing.StartedAt, songOf(playing.Edges.Song))):
		return (&party.Refusal{party.ReasonTooEarly, "This song has only just begun: give it a few seconds."}).Err()
	}
	if err := t.versioned().SkipVote.Create().SetItemID(playing.ID).SetUserID(t.actor).Exec(ctx); err != nil {
		return err
	}
	here := membership.And(membership.RoomID(t.roomID), membership.UserID(t.actor)) // who votes is here
	if err := t.tx.Membership.Update().Where(here).SetSeenAt(t.now).Exec(ctx); err != nil {
		return err
	}
	t.log(logEvent{kind: EventVoted, itemID: playing.ID})
	t.affects(t.actor)
	return t.countVotes(ctx, playing, &settings)
}

// playing returns the room's song that plays, with its song.
func (t *roomTx) playingItem(ctx context.Context) (*ent.QueueItem, error) {
	shown, err := t.tx.RoomPlayback.Get(ctx, t.roomID)
	if err != nil {
		return nil, err
	}
	if shown.ItemID == nil {
		return nil, errNothingPlays
	}
	item, err := t.tx.QueueItem.Query().Where(queueitem.ID(*shown.ItemID), queueitem.State(string(party.NowPlaying))).WithSong().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errNothingPlays
	}
	return item, err
}

var errNothingPlays = party.Errorf(party.Conflict, "no song of this room plays now")

// tally counts the votes of those who are present and, when they are enough, asks for the song to be skipped.
func (t *roomTx) countVotes(ctx context.Context, playing *ent.QueueItem, settings *party.RoomSettings) error {
	voters, err := t.tx.SkipVote.Query().Where(skipvote.ItemID(playing.ID)).Select(skipvote.FieldUserID).Strings(ctx)
	if err != nil {
		return err
	}
	votes, err := t.tx.Membership.Query().Where(membership.UserIDIn(voters...), isPresent(t.roomID, t.now)).Count(ctx)
	if err != nil {
		return err
	}
	present, err := t.tx.Membership.Query().Where(isPresent(t.roomID, t.now)).Count(ctx)
	if err != nil {
		return err
	}
	err = t.versioned().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetSkipVotes(votes).AddVotesVersion(1).Exec(ctx)
	if needed := settings.VotesNeeded(present); err != nil || needed == 0 || votes < needed {
		return err
	}
	return t.skipByVote(ctx, playing)
}

// skipByVote asks the player once: while it has not answered, more votes change nothing.
func (t *roomTx) skipByVote(ctx context.Context, playing *ent.QueueItem) error {
	asked, err := t.isSkipPending(ctx)
	if err != nil || asked {
		return err
	}
	_, err = t.enqueueCommand(ctx, party.HostCommand{Kind: party.SkipCommand, Argument: playing.SongID})
	if party.CodeOf(err) == party.RateLimited { // the next vote, or the same again, asks
		return nil
	}
	if err != nil {
		return err
	}
	t.log(logEvent{kind: EventSkipped, itemID: playing.ID, detail: string(party.SkippedByVotes)})
	return t.setSkippedBy(ctx, playing.ID, party.SkippedByVotes)
}

// skipAsked says that the player is asked to skip and has time to answer yet.
func (t *roomTx) isSkipPending(ctx context.Context) (bool, error) {
	return t.tx.RoomCommand.Query().Where(roomcommand.RoomID(t.roomID), roomcommand.Kind(string(party.SkipCommand)),
		roomcommand.State(pendingState), roomcommand.CreatedAtGT(t.now.Add(-party.CommandTimeout))).Exist(ctx)
}

// skippedBy notes who wants the song that plays to end: the history tells, if it does.
func (t *roomTx) setSkippedBy(ctx context.Context, itemID string, by party.SkippedBy) error {
	return t.tx.QueueItem.Update().Where(queueitem.ID(itemID), queueitem.State(string(party.NowPlaying))).
		SetSkippedBy(string(by)).SetVersion(t.version).Exec(ctx)
}
