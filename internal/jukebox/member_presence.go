package jukebox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/room"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/ent/skipvote"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

const (
	// presenceTimeout is how long a member still counts as present after their last connection ended, because phones
	// sleep.
	presenceTimeout = 2 * time.Minute
	// storeInterval is how often the presence of all connected members is stored.
	storeInterval = time.Minute
	// arrivalInterval is how often the presence of members who have just connected is stored.
	arrivalInterval = 2 * time.Second
)

// presence counts the connections of members to this server, and stores in the database when they were last connected,
// for other servers and for the time after a restart. It is safe for concurrent use.
type presence struct {
	db      *database.DB
	changer *changer
	logger  *slog.Logger

	mu          sync.Mutex
	connections map[string]map[string]int  // how many, by room and user; guarded by mu
	arrived     map[string]map[string]bool // users by room, since the last takeArrived; guarded by mu
}

func newPresence(db *database.DB, changer *changer, logger *slog.Logger) *presence {
	return &presence{
		db: db, changer: changer, logger: logger,
		connections: map[string]map[string]int{}, arrived: map[string]map[string]bool{},
	}
}

// Connect counts a connection of the viewer to a room until disconnect is called; further calls of disconnect do
// nothing. It does not check permissions: call AuthorizeSubscription first.
func (j *Jukebox) Connect(ctx context.Context, roomID string) (userID string, disconnect func(), err error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return "", nil, err
	}
	return viewer.UserID, j.presence.connect(roomID, viewer.UserID), nil
}

// RunPresence keeps the presence of members up to date in the database, and in every room the number of those who are
// present, until ctx ends. A member who connects counts within two seconds; one who disconnects counts for two to three
// minutes longer. It returns nil; failures are logged and the work is tried again at the next interval.
func (j *Jukebox) RunPresence(ctx context.Context) error {
	j.presence.run(ctx)
	return nil
}

// connect counts a connection until disconnect is called for the first time.
func (p *presence) connect(roomID, userID string) (disconnect func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.connections[roomID] == nil {
		p.connections[roomID] = map[string]int{}
	}
	if p.connections[roomID][userID]++; p.connections[roomID][userID] == 1 {
		p.addArrived(roomID, userID)
	}
	return sync.OnceFunc(func() { p.disconnect(roomID, userID) })
}

func (p *presence) disconnect(roomID, userID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := p.connections[roomID]
	if users[userID]--; users[userID] == 0 {
		delete(users, userID)
	}
	if len(users) == 0 {
		delete(p.connections, roomID)
	}
}

// isPresent reports whether the member of a row is connected, or was within presenceTimeout.
func (p *presence) isPresent(row *ent.Membership) bool {
	return p.isConnected(row.RoomID, row.UserID) || row.SeenAt != nil && time.Since(*row.SeenAt) < presenceTimeout
}

// isConnected reports whether a user is connected to this server. Other servers may have connections of theirs, too.
func (p *presence) isConnected(roomID, userID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.connections[roomID][userID] > 0
}

// connected returns the ids of all connected users by room.
func (p *presence) connected() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return keysByRoom(p.connections)
}

// takeArrived returns the ids of the users who have connected since it was called last, by room.
func (p *presence) takeArrived() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := keysByRoom(p.arrived)
	clear(p.arrived)
	return users
}

// storeArrived stores the presence of the users who have connected since it was called last. If that fails, they stay
// among those who have arrived, so that the next call tries again.
func (p *presence) storeArrived(ctx context.Context) error {
	users := p.takeArrived()
	err := p.store(ctx, users)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		for roomID, ids := range users {
			for _, id := range ids {
				p.addArrived(roomID, id)
			}
		}
	}
	return err
}

// addArrived adds a user to those who have arrived. The caller holds the mutex.
func (p *presence) addArrived(roomID, userID string) {
	if p.arrived[roomID] == nil {
		p.arrived[roomID] = map[string]bool{}
	}
	p.arrived[roomID][userID] = true
}

func keysByRoom[V any](rooms map[string]map[string]V) map[string][]string {
	keys := make(map[string][]string, len(rooms))
	for room, users := range rooms {
		keys[room] = slices.Collect(maps.Keys(users))
	}
	return keys
}

func (p *presence) run(ctx context.Context) {
	arrivals, all := time.NewTicker(arrivalInterval), time.NewTicker(storeInterval)
	defer arrivals.Stop()
	defer all.Stop()
	for {
		var err error
		select {
		case <-arrivals.C:
			err = p.storeArrived(ctx)
		case <-all.C:
			err = p.refresh(ctx)
		case <-ctx.Done():
			return
		}
		if err != nil && ctx.Err() == nil {
			p.logger.Error("could not store presence", "error", err)
		}
	}
}

// refresh stores the presence of all connected users and removes that of users who are gone. A failure of one step does
// not keep the others from running.
func (p *presence) refresh(ctx context.Context) error {
	err := p.store(ctx, p.connected())
	err = errors.Join(err, p.recountAll(ctx), p.updateAllAway(ctx))
	return errors.Join(err, p.clearAbsent(ctx))
}

// store writes that these users, by room, are connected now, and recounts those rooms. One statement writes at most 500
// users, because databases limit the number of its arguments.
func (p *presence) store(ctx context.Context, usersByRoom map[string][]string) error {
	const maxUsers = 500
	var errs []error
	for roomID, users := range usersByRoom {
		for part := range slices.Chunk(users, maxUsers) {
			errs = append(errs, p.db.InTx(ctx, func(tx *ent.Tx) error { return storePresent(ctx, tx, roomID, part) }))
		}
		errs = append(errs, p.recount(ctx, roomID), p.updateAway(ctx, roomID))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store presence: %w", err)
	}
	return nil
}

// storePresent writes that these members of a room are connected now. For those who were absent before, it also writes
// that their presence begins now.
func storePresent(ctx context.Context, tx *ent.Tx, roomID string, userIDs []string) error {
	now := database.Microseconds(time.Now())
	they := membership.And(membership.RoomID(roomID), membership.UserIDIn(userIDs...))
	wereAbsent := membership.Or(membership.SeenAtIsNil(), membership.SeenAtLTE(now.Add(-presenceTimeout)))
	if err := tx.Membership.Update().Where(they, wereAbsent).SetPresentSince(now).Exec(ctx); err != nil {
		return err
	}
	return tx.Membership.Update().Where(they).SetSeenAt(now).Exec(ctx)
}

// recountAll recounts every open room in which somebody was present, because they may have left meanwhile.
func (p *presence) recountAll(ctx context.Context) error {
	ids, err := p.db.Read.Room.Query().Where(room.Status(string(party.Open)), room.PresentCountGT(0)).IDs(ctx)
	for _, id := range ids {
		err = errors.Join(err, p.recount(ctx, id))
	}
	return err
}

// clearAbsent deletes the time at which a member of an open room was last connected, once the member is absent and the
// time is no longer needed to decide whether they are away.
func (p *presence) clearAbsent(ctx context.Context) error {
	return p.db.InTx(ctx, func(tx *ent.Tx) error {
		before := database.Microseconds(time.Now().Add(-presenceTimeout))
		return tx.Membership.Update().
			Where(membership.HasRoomWith(room.Status(string(party.Open))), membership.SeenAtLTE(before)).
			Where(membership.Or(membership.Away(true), membership.HasRoomWith(room.AwayAfterMinutesIsNil()),
				membership.RoleIn(string(party.RoleHost), string(party.RoleCohost), string(party.RoleScreen)))).
			ClearSeenAt().ClearPresentSince().Exec(ctx)
	})
}

// recount updates how many members are present in a room, in a change of the room, if the number differs.
func (p *presence) recount(ctx context.Context, roomID string) error {
	present, err := p.db.Read.Membership.Query().Where(wherePresent(roomID, time.Now())).Count(ctx)
	if err != nil {
		return err
	}
	unchanged := room.Or(room.PresentCount(present), room.StatusNEQ(string(party.Open)))
	done, err := p.db.Read.Room.Query().Where(room.ID(roomID), unchanged).Exist(ctx)
	if err != nil || done {
		return err
	}
	err = p.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) error { return t.recountPresent(ctx) })
	if party.CodeOf(err) == party.Conflict { // the room was closed meanwhile
		return nil
	}
	return err
}

// wherePresent selects the members of a room who are present at a time: those who are connected, or were within
// presenceTimeout. Screens do not count.
func wherePresent(roomID string, now time.Time) predicate.Membership {
	return membership.And(
		membership.RoomID(roomID),
		membership.SeenAtGT(now.Add(-presenceTimeout)),
		membership.RoleIn(toStrings(party.PersonRoles())...),
	)
}

// recountPresent updates how many members are present, and recounts the skip votes, because fewer may be enough now.
func (t *roomTx) recountPresent(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	present, err := t.tx.Membership.Query().Where(wherePresent(t.roomID, t.now)).Count(ctx)
	if err != nil || present == row.PresentCount {
		return err
	}
	t.affectsNobody()
	if err := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetPresentCount(present).Exec(ctx); err != nil {
		return err
	}
	settings := roomstate.SettingsOf(row)
	voting, err := t.tx.SkipVote.Query().
		Where(skipvote.HasItemWith(queueitem.RoomID(t.roomID), queueitem.State(string(party.NowPlaying)))).Exist(ctx)
	if err != nil || !voting && settings.VotesNeeded(present) == settings.VotesNeeded(row.PresentCount) {
		return err
	}
	return t.recountVotes(ctx, &settings)
}

// recountVotes counts the skip votes for the playing song after the present members, or the number of votes needed,
// have changed. If nothing plays, it only raises the version of the votes, because the number needed may have changed.
func (t *roomTx) recountVotes(ctx context.Context, settings *party.RoomSettings) error {
	playing, err := t.playingItem(ctx)
	if err == nil {
		return t.countVotes(ctx, playing, settings)
	}
	if !errors.Is(err, errNothingPlays) {
		return err
	}
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetVotesVersion(t.version).Exec(ctx)
}
