package jukebox

import (
	"context"
	"errors"
	"time"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/skipvote"
	"antwon.dj/backend/internal/party"
)

// signedOutTimeout bounds how long signing out waits for the user's presence to end.
const signedOutTimeout = 5 * time.Second

// signedOut ends the presence of users who have signed out, and takes back their votes on songs that play. A failure is
// only logged, because presence also ends by itself after presenceTimeout.
func (p *presence) signedOut(ctx context.Context, userIDs []string) {
	ctx, cancel := context.WithTimeout(ctx, signedOutTimeout)
	defer cancel()
	for _, userID := range userIDs {
		rooms, err := p.db.Read.Membership.Query().
			Where(membership.UserID(userID), membership.SeenAtNotNil(), membership.HasRoomWith(room.Status(string(party.Open)))).
			Select(membership.FieldRoomID).Strings(ctx)
		for _, roomID := range rooms {
			err = errors.Join(err, p.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) error {
				return t.endPresence(ctx, userID)
			}))
		}
		if err != nil && party.CodeOf(err) != party.Conflict { // Conflict: the room was closed meanwhile
			p.logger.ErrorContext(ctx, "could not end the presence of a user who has signed out", "error", err)
		}
	}
}

// endPresence makes a member absent at once, and takes back their vote on the song that plays.
func (t *roomTx) endPresence(ctx context.Context, userID string) error {
	here := membership.And(membership.RoomID(t.roomID), membership.UserID(userID))
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	absent := t.versioned().Membership.Update().Where(here).ClearPresentSince()
	if settings.AwayAfterMinutes == nil {
		absent.ClearSeenAt()
	} else { // as if their presence had just ended: their songs wait some time later
		absent.SetSeenAt(t.now.Add(-presenceTimeout))
	}
	if err := absent.Exec(ctx); err != nil {
		return err
	}
	t.affectsNobody()
	playing := queueitem.And(queueitem.RoomID(t.roomID), queueitem.State(string(party.NowPlaying)))
	taken, err := t.tx.SkipVote.Delete().Where(skipvote.UserID(userID), skipvote.HasItemWith(playing)).Exec(ctx)
	if err != nil {
		return err
	}
	if err := t.recountPresent(ctx); err != nil || taken == 0 {
		return err
	}
	return t.recountVotes(ctx, &settings)
}
