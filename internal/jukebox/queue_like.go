package jukebox

import (
	"context"
	"errors"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/like"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/party"
)

// LikeQueueItem adds the viewer's like to a song. Liking a song twice is no error. For guests. The error is Refused
// once the song has been committed, or if the viewer has joined too recently.
func (j *Jukebox) LikeQueueItem(ctx context.Context, itemID string, key *string) (*party.QueueItem, error) {
	return j.changeLike(ctx, itemID, key, "likeQueueItem", false)
}

// UnlikeQueueItem takes back the viewer's like. Unliking a song that the viewer does not like is no error. Permissions
// and errors are those of LikeQueueItem.
func (j *Jukebox) UnlikeQueueItem(ctx context.Context, itemID string, key *string) (*party.QueueItem, error) {
	return j.changeLike(ctx, itemID, key, "unlikeQueueItem", true)
}

// changeLike is the common part of LikeQueueItem and UnlikeQueueItem. What admitted remembers of the viewer may be out
// of date: before changeLike refuses because of that, it authorizes the viewer again.
func (j *Jukebox) changeLike(
	ctx context.Context, itemID string, key *string, mutation string, unlike bool,
) (*party.QueueItem, error) {
	a, remembered, err := j.authorizeLike(ctx, itemID)
	if err != nil {
		return nil, err
	}
	l := &likes.Change{RoomID: a.roomID, ItemID: itemID, UserID: a.viewer.UserID, Unlike: unlike}
	err = j.changeLikeOnce(ctx, a, l, key, mutation)
	if remembered && (party.CodeOf(err) == party.Forbidden || errors.Is(err, errRoomClosed)) {
		j.admitted.Forget(l.UserID, l.RoomID)
		return j.changeLike(ctx, itemID, key, mutation, unlike)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mutation, err)
	}
	if l.Repeated {
		return j.loader.Item(ctx, itemID)
	}
	return l.Item, j.loader.AddSong(ctx, l.Item)
}

// authorizeLike is authorizeItem for a like, without a query if the viewer is remembered.
func (j *Jukebox) authorizeLike(ctx context.Context, itemID string) (a access, remembered bool, err error) {
	if a.viewer, err = account.ViewerFrom(ctx); err != nil {
		return access{}, false, err
	}
	if a.roomID, remembered = j.admitted.RoomOf(itemID, a.viewer.UserID); remembered {
		a.status, a.action = party.Open, party.ActLike
		return a, true, j.allow(ctx, a)
	}
	if a, err = j.authorizeItem(ctx, itemID, party.ActLike); err == nil && a.status == party.Open {
		j.admitted.Add(itemID, a.viewer.UserID, a.roomID)
	}
	return a, false, err
}

// changeLikeOnce is changeOnce for a like.
func (j *Jukebox) changeLikeOnce(ctx context.Context, a access, l *likes.Change, key *string, mutation string) error {
	once, err := newIdempotency(ctx, key, mutation, l.ItemID)
	if err != nil {
		return err
	}
	if a.status == party.Open {
		l.Once = (*likes.Key)(once)
		return j.changer.like(ctx, l)
	}
	done, err := j.repeatInClosedRoom(ctx, once)
	l.Repeated = done.repeated
	return err
}

// mayLikeYet returns why the actor may not like songs yet, or nil.
func (t *roomTx) mayLikeYet(ctx context.Context) (*party.Refusal, error) {
	if t.likesAfterMinutes == 0 {
		return nil, nil
	}
	row, err := t.tx.Membership.Query().
		Where(membership.RoomID(t.roomID), membership.UserID(t.actor)).Only(ctx)
	if err != nil {
		return nil, err
	}
	return party.MayLikeYet(t.likesAfterMinutes, t.role, row.JoinedAt, t.now), nil
}

// like adds a user's like, if there is none yet.
func (t *roomTx) like(ctx context.Context, item *ent.QueueItem, userID string) error {
	liked, err := t.tx.Like.Query().Where(like.ItemID(item.ID), like.UserID(userID)).Exist(ctx)
	if err != nil || liked {
		return err
	}
	t.affects(userID)
	if err := t.versioned().Like.Create().SetItemID(item.ID).SetUserID(userID).Exec(ctx); err != nil {
		return err
	}
	t.log(logEvent{kind: party.EventLiked, actor: userID, itemID: item.ID})
	return t.addToLikeCount(ctx, item, 1)
}

// unlike deletes a user's like, if there is one.
func (t *roomTx) unlike(ctx context.Context, item *ent.QueueItem, userID string) error {
	n, err := t.tx.Like.Delete().Where(like.ItemID(item.ID), like.UserID(userID)).Exec(ctx)
	if err != nil || n == 0 {
		return err
	}
	t.affects(userID)
	t.versioned()
	t.log(logEvent{kind: party.EventUnliked, actor: userID, itemID: item.ID})
	return t.addToLikeCount(ctx, item, -1)
}

// forgetLikes deletes the events of a user's likes and unlikes of an item, and of undoing them, but not the event
// except.
func (t *roomTx) forgetLikes(ctx context.Context, itemID, userID, except string) error {
	if err := t.storeEvents(ctx); err != nil {
		return err
	}
	likes := []string{string(party.EventLiked), string(party.EventUnliked)}
	_, err := t.tx.RoomEvent.Delete().Where(
		roomevent.RoomID(t.roomID), roomevent.ActorID(userID), roomevent.ItemID(itemID), roomevent.IDNEQ(except),
		roomevent.Or(roomevent.KindIn(likes...), roomevent.And(
			roomevent.Kind(string(party.EventUndone)), roomevent.DetailIn(likes...),
		)),
	).Exec(ctx)
	return err
}

// addToLikeCount changes the number of likes of an item, in the database and in item.
func (t *roomTx) addToLikeCount(ctx context.Context, item *ent.QueueItem, by int) error {
	item.LikeCount, item.Version = item.LikeCount+by, t.version
	return t.tx.QueueItem.Update().Where(queueitem.ID(item.ID)).
		SetLikeCount(item.LikeCount).SetVersion(t.version).Exec(ctx)
}

// LikedItems returns the ids of all songs of a room, including played ones, that the viewer likes. Without a viewer it
// is empty.
func (j *Jukebox) LikedItems(ctx context.Context, roomID string) (map[string]bool, error) {
	viewer, err := account.OptionalViewer(ctx)
	if err != nil || viewer == nil {
		return nil, err
	}
	ids, err := j.db.Read.Like.Query().
		Where(like.UserID(viewer.UserID), like.HasItemWith(queueitem.RoomID(roomID))).Select(like.FieldItemID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the viewer's likes: %w", err)
	}
	liked := make(map[string]bool, len(ids))
	for _, id := range ids {
		liked[id] = true
	}
	return liked, nil
}
