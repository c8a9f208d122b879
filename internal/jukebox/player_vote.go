package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/ent/skipvote"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// VoteToSkip adds the viewer's skip vote on the song that plays. A host's vote skips it at once, like SkipSong. For
// guests who were present, by a connection, before the song began. The error is Conflict while no song of the room
// plays, and Refused in the first seconds of a song, for a second vote of the same user or browser, for those who came
// later, and in rooms without skip votes.
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
	if done.objectID != roomID { // it is the command of a host
		return j.awaitAnswer(ctx, roomID, done.objectID)
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

// voteToSkip stores the actor's vote, and skips the song if there are enough votes now.
func (t *roomTx) voteToSkip(ctx context.Context) error {
	playing, err := t.playingItem(ctx)
	if err != nil {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	voted, err := t.hasVoted(ctx, playing)
	if err != nil {
		return err
	}
	wasPresent, err := t.tx.Membership.Query().Where(membership.UserID(t.actor), t.wasPresent(playing)).Exist(ctx)
	if err != nil {
		return err
	}
	pending, err := t.waitingCommands().Where(roomcommand.Kind(string(party.SkipCommand))).Exist(ctx)
	if err != nil {
		return err
	}
	// There were enough votes before, but the player did not skip: voting again repeats the command.
	unanswered := voted && valueOrEmpty(playing.SkippedBy) == string(party.SkippedByVotes) && !pending
	from := party.VotesFrom(*playing.StartedAt, roomstate.SongOf(playing.Edges.Song))
	if refusal := settings.MayVote(voted && !unanswered, wasPresent, from, t.now); refusal != nil {
		return refusal.Err()
	}
	if unanswered {
		t.affects(t.actor)
		return t.countVotes(ctx, playing, &settings)
	}
	if err := t.versioned().SkipVote.Create().SetItemID(playing.ID).SetUserID(t.actor).Exec(ctx); err != nil {
		return err
	}
	if err := t.logLatest(ctx, logEvent{kind: party.EventVoted, itemID: playing.ID}); err != nil {
		return err
	}
	t.affects(t.actor)
	return t.countVotes(ctx, playing, &settings)
}

// hasVoted reports whether the actor, or another user of the actor's browser, has voted on the song that plays.
func (t *roomTx) hasVoted(ctx context.Context, playing *ent.QueueItem) (bool, error) {
	voter, err := t.tx.User.Get(ctx, t.actor)
	if err != nil {
		return false, err
	}
	return t.tx.SkipVote.Query().Where(votesOf(voter, playing.ID)).Exist(ctx)
}

// votesOf selects a user's vote on a song, and those of other users of the same browser.
func votesOf(voter *ent.User, itemID string) predicate.SkipVote {
	same := user.ID(voter.ID)
	if voter.BrowserHash != nil {
		same = user.Or(same, user.BrowserHash(*voter.BrowserHash))
	}
	return skipvote.And(skipvote.ItemID(itemID), skipvote.HasUserWith(same))
}

// wasPresent selects the members who were present before a song began, and have been since.
func (t *roomTx) wasPresent(playing *ent.QueueItem) predicate.Membership {
	return wasPresentSince(t.roomID, *playing.StartedAt, t.now)
}

// wasPresentSince selects the members of a room who were present at the time began, and have been until now.
func wasPresentSince(roomID string, began, now time.Time) predicate.Membership {
	return membership.And(wherePresent(roomID, now), membership.PresentSinceLTE(began))
}

// playingItem returns the queue item that plays, with its song, or errNothingPlays.
func (t *roomTx) playingItem(ctx context.Context) (*ent.QueueItem, error) {
	shown, err := t.tx.RoomPlayback.Get(ctx, t.roomID)
	if err != nil {
		return nil, err
	}
	if shown.ItemID == nil {
		return nil, errNothingPlays
	}
	item, err := t.tx.QueueItem.Query().
		Where(queueitem.ID(*shown.ItemID), queueitem.State(string(party.NowPlaying))).WithSong().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, errNothingPlays
	}
	return item, err
}

var errNothingPlays = party.Errorf(party.Conflict, "No song of this room is playing.")

// votes counts the votes of the members who were present before the song began, and have been since: one for each
// browser, and one for each member whose browser is unknown.
func (t *roomTx) votes(ctx context.Context, playing *ent.QueueItem) (int, error) {
	voters, err := t.tx.SkipVote.Query().Where(skipvote.ItemID(playing.ID)).Select(skipvote.FieldUserID).Strings(ctx)
	if err != nil {
		return 0, err
	}
	members, err := t.tx.Membership.Query().
		Where(membership.UserIDIn(voters...), t.wasPresent(playing)).WithUser().All(ctx)
	if err != nil {
		return 0, err
	}
	browsers := map[string]bool{}
	for _, m := range members {
		browsers[cmp.Or(valueOrEmpty(m.Edges.User.BrowserHash), m.UserID)] = true
	}
	return len(browsers), nil
}

// countVotes stores how many votes count and, if they are enough, skips the song.
func (t *roomTx) countVotes(ctx context.Context, playing *ent.QueueItem, settings *party.RoomSettings) error {
	enough, err := t.storeVotes(ctx, playing, settings)
	if err != nil || !enough {
		return err
	}
	return t.skipByVote(ctx, playing)
}

// storeVotes stores how many votes count, and reports whether they are enough to skip the song.
func (t *roomTx) storeVotes(
	ctx context.Context, playing *ent.QueueItem, settings *party.RoomSettings,
) (enough bool, err error) {
	votes, err := t.votes(ctx, playing)
	if err != nil {
		return false, err
	}
	present, err := t.tx.Membership.Query().Where(wherePresent(t.roomID, t.now)).Count(ctx)
	if err != nil {
		return false, err
	}
	err = t.versioned().RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).
		SetSkipVotes(votes).SetVotesVersion(t.version).Exec(ctx)
	needed := settings.VotesNeeded(present)
	return needed > 0 && votes >= needed, err
}

// skipByVote enqueues a command to skip the song, unless one waits already.
func (t *roomTx) skipByVote(ctx context.Context, playing *ent.QueueItem) error {
	pending, err := t.waitingCommands().Where(roomcommand.Kind(string(party.SkipCommand))).Exist(ctx)
	if err != nil || pending {
		return err
	}
	_, err = t.enqueueCommand(ctx, party.HostCommand{Kind: party.SkipCommand, Argument: playing.SongID})
	if party.CodeOf(err) == party.RateLimited { // the next vote tries again
		return nil
	}
	if err != nil {
		return err
	}
	t.log(logEvent{kind: party.EventSkipped, itemID: playing.ID, detail: string(party.SkippedByVotes)})
	return t.setSkippedBy(ctx, playing.ID, party.SkippedByVotes)
}

// setSkippedBy records who skips the song that plays. The history shows it if the song is indeed skipped.
func (t *roomTx) setSkippedBy(ctx context.Context, itemID string, by party.SkippedBy) error {
	return t.tx.QueueItem.Update().Where(queueitem.ID(itemID), queueitem.State(string(party.NowPlaying))).
		SetSkippedBy(string(by)).SetVersion(t.version).Exec(ctx)
}
