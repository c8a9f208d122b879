package push

import (
	"context"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/pushsubscription"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// maxPerMember is how many browsers of one member get notices of one room. Another one replaces the oldest.
const maxPerMember = 5

// Subscribe stores a browser's subscription to notices about the viewer's songs in a room. It lasts as long as the
// viewer's session. A browser gets the notices of one room: the one for which it subscribed last. The viewer has to be
// a guest or host of the room. The error is Conflict if the room is closed, and BadUserInput if the subscription is not
// one with a known push service and a key of this server.
func (s *Sender) Subscribe(ctx context.Context, roomID string, sub Subscription) error {
	if _, err := s.authorize(ctx, roomID, party.ActNotify); err != nil {
		return err
	}
	if err := s.check(sub); err != nil {
		return err
	}
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	now, err := s.db.Now(ctx)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, func(tx *ent.Tx) error {
		if err := lockMember(ctx, tx, roomID, viewer.UserID); err != nil {
			return err
		}
		if err := store(ctx, tx, roomID, viewer, sub, now); err != nil {
			return err
		}
		return deleteSurplus(ctx, tx, roomID, viewer.UserID)
	})
	return wrap("store a push subscription", err)
}

// lockMember locks a membership until the transaction ends, so that a member's subscriptions can be counted. The error
// is Forbidden if the user has been removed meanwhile, and Conflict if the room is closed.
func lockMember(ctx context.Context, tx *ent.Tx, roomID, userID string) error {
	result, err := tx.ExecContext(ctx, "UPDATE memberships SET role = role WHERE room_id = ? AND user_id = ?"+
		" AND role IN ('HOST', 'COHOST', 'GUEST')", roomID, userID)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return party.RoleRemoved.May(party.ActNotify)
	}
	open, err := tx.Room.Query().Where(room.ID(roomID), room.Status(string(party.Open))).Exist(ctx)
	if err == nil && !open {
		err = party.Errorf(party.Conflict, "This room is closed.")
	}
	return err
}

// store stores the subscription of a browser. It replaces an earlier subscription of the same browser, even one of
// another member or room.
func store(
	ctx context.Context, tx *ent.Tx, roomID string, viewer account.Viewer, sub Subscription, now time.Time,
) error {
	hash := database.Hash([]byte(sub.Endpoint))
	n, err := tx.PushSubscription.Update().Where(pushsubscription.EndpointHash(hash)).
		SetRoomID(roomID).SetUserID(viewer.UserID).SetSessionID(viewer.SessionID).SetP256dh(sub.P256dh).
		SetAuth(sub.Auth).SetPushKey(sub.PushKey).SetLanguage(sub.Language).SetCreatedAt(now).Save(ctx)
	if err != nil || n > 0 {
		return err
	}
	err = tx.PushSubscription.Create().SetID(database.NewID()).SetEndpointHash(hash).SetEndpoint(sub.Endpoint).
		SetRoomID(roomID).SetUserID(viewer.UserID).SetSessionID(viewer.SessionID).SetP256dh(sub.P256dh).
		SetAuth(sub.Auth).SetPushKey(sub.PushKey).SetLanguage(sub.Language).SetCreatedAt(now).Exec(ctx)
	if ent.IsConstraintError(err) { // a concurrent request of the same browser has stored it
		return database.ErrOvertaken
	}
	return err
}

// deleteSurplus deletes the oldest subscriptions of a member beyond maxPerMember.
func deleteSurplus(ctx context.Context, tx *ent.Tx, roomID, userID string) error {
	surplus, err := tx.PushSubscription.Query().
		Where(pushsubscription.RoomID(roomID), pushsubscription.UserID(userID)).
		Order(pushsubscription.ByCreatedAt(entsql.OrderDesc()), pushsubscription.ByID(entsql.OrderDesc())).
		Offset(maxPerMember).Limit(maxPerMember).IDs(ctx)
	if err != nil || len(surplus) == 0 {
		return err
	}
	_, err = tx.PushSubscription.Delete().Where(pushsubscription.IDIn(surplus...)).Exec(ctx)
	return err
}

// Unsubscribe deletes the viewer's subscription with this endpoint in a room. It is not an error if there is none.
func (s *Sender) Unsubscribe(ctx context.Context, roomID, endpoint string) error {
	viewerID, err := s.authorize(ctx, roomID, party.ActNotify)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.PushSubscription.Delete().Where(
			pushsubscription.EndpointHash(database.Hash([]byte(endpoint))),
			pushsubscription.RoomID(roomID), pushsubscription.UserID(viewerID)).Exec(ctx)
		return err
	})
	return wrap("delete a push subscription", err)
}

// forget deletes a subscription that its push service no longer knows.
func (s *Sender) forget(ctx context.Context, id string) error {
	return s.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.PushSubscription.Delete().Where(pushsubscription.ID(id)).Exec(ctx)
		return err
	})
}

// refusedFor is how long a push service has to refuse all messages for a subscription before another refusal deletes
// it. A single refusal may be the server's fault, for example because of a wrong clock. When the page is opened, it
// subscribes again.
const refusedFor = time.Hour

// recordRefusal deletes a subscription whose first refusal is at least refusedFor ago. Otherwise it stores the time of
// the first refusal.
func (s *Sender) recordRefusal(ctx context.Context, id string) error {
	now, err := s.db.Now(ctx)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *ent.Tx) error {
		refused := pushsubscription.RefusedSinceLTE(now.Add(-refusedFor))
		_, err := tx.PushSubscription.Delete().Where(pushsubscription.ID(id), refused).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.PushSubscription.Update().Where(pushsubscription.ID(id), pushsubscription.RefusedSinceIsNil()).
			SetRefusedSince(now).Exec(ctx)
	})
}

// clearRefusal deletes the time of the first refusal.
func (s *Sender) clearRefusal(ctx context.Context, id string) error {
	return s.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.PushSubscription.Update().Where(pushsubscription.ID(id)).ClearRefusedSince().Exec(ctx)
	})
}

// claim stores a notice as the last one of a subscription. It returns false if it was the last one already: then it
// must not be sent again.
func (s *Sender) claim(ctx context.Context, id, notice string) (claimed bool, err error) {
	err = s.db.InTx(ctx, func(tx *ent.Tx) error {
		n, err := tx.PushSubscription.Update().
			Where(pushsubscription.ID(id), pushsubscription.AnnouncedNEQ(notice)).SetAnnounced(notice).Save(ctx)
		claimed = n == 1
		return err
	})
	return claimed, err
}
