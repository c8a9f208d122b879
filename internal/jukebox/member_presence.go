package jukebox

import (
	"context"
	"errors"
	"fmt"
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
)

const (
	// presentFor is how long after their last connection somebody still counts as present: phones sleep.
	presenceTimeout = 2 * time.Minute
	// notePresence is how often it is noted who is connected, for other servers and for after a restart.
	storeInterval = time.Minute
	// noteComing is how soon it is noted that somebody has come.
	arrivalInterval = 2 * time.Second
)

// presence is who follows which rooms here.
type presence struct {
	mu      sync.Mutex
	rooms   map[string]map[string]int  // subscriptions by room and user
	arrived map[string]map[string]bool // users who came to a room since that was noted last
}

func newPresence() *presence {
	return &presence{rooms: map[string]map[string]int{}, arrived: map[string]map[string]bool{}}
}

// come counts a subscription; the function that it returns counts it out, once.
func (p *presence) connect(roomID, userID string) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms[roomID] == nil {
		p.rooms[roomID] = map[string]int{}
	}
	if p.rooms[roomID][userID]++; p.rooms[roomID][userID] == 1 {
		if p.arrived[roomID] == nil {
			p.arrived[roomID] = map[string]bool{}
		}
		p.arrived[roomID][userID] = true
	}
	return sync.OnceFunc(func() { p.disconnect(roomID, userID) })
}

func (p *presence) disconnect(roomID, userID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := p.rooms[roomID]
	if users[userID]--; users[userID] == 0 {
		delete(users, userID)
	}
	if len(users) == 0 {
		delete(p.rooms, roomID)
	}
}

func (p *presence) isConnected(roomID, userID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rooms[roomID][userID] > 0
}

// all returns who is where, and newcomers who has come since this was asked last.
func (p *presence) connected() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := make(map[string][]string, len(p.rooms))
	for room, users := range p.rooms {
		found[room] = slices.Collect(maps.Keys(users))
	}
	return found
}

func (p *presence) newcomers() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := make(map[string][]string, len(p.arrived))
	for room, users := range p.arrived {
		found[room] = slices.Collect(maps.Keys(users))
	}
	clear(p.arrived)
	return found
}

// Arrive says that the viewer, whom MayFollow has let in, follows a room, until leave is called.
func (j *Jukebox) Connect(ctx context.Context, roomID string) (userID string, leave func(), err error) {
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return "", nil, err
	}
	return viewer.UserID, j.presence.connect(roomID, viewer.UserID), nil
}

// NotePresence writes down who is connected, and tells the rooms how many are present, until ctx ends: who comes is noted in
// two seconds, who has left within a minute after they count no more.
func (j *Jukebox) RunPresence(ctx context.Context) error {
	soon, regularly := time.NewTicker(arrivalInterval), time.NewTicker(storeInterval)
	defer soon.Stop()
	defer regularly.Stop()
	for {
		var err error
		select {
		case <-soon.C:
			err = j.storePresence(ctx, j.presence.newcomers())
		case <-regularly.C:
			err = errors.Join(j.storePresence(ctx, j.presence.connected()), j.recountAll(ctx), j.clearAbsent(ctx))
		case <-ctx.Done():
			return nil
		}
		if err != nil && ctx.Err() == nil {
			j.cfg.Log.Error("could not note who is connected", "error", err)
		}
	}
}

// note writes at most a few hundred users at once, which the databases take in one statement.
func (j *Jukebox) storePresence(ctx context.Context, here map[string][]string) error {
	const atOnce = 500
	var errs []error
	for roomID, users := range here {
		for part := range slices.Chunk(users, atOnce) {
			errs = append(errs, j.db.InTx(ctx, func(tx *ent.Tx) error {
				return tx.Membership.Update().Where(membership.RoomID(roomID), membership.UserIDIn(part...)).
					SetSeenAt(database.Microseconds(time.Now())).Exec(ctx)
			}))
		}
		errs = append(errs, j.recountRoom(ctx, roomID))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("note presence: %w", err)
	}
	return nil
}

// recountLeft counts again in rooms that perhaps all have left.
func (j *Jukebox) recountAll(ctx context.Context) error {
	ids, err := j.db.Read.Room.Query().Where(room.Status(string(party.Open)), room.PresentCountGT(0)).IDs(ctx)
	for _, id := range ids {
		err = errors.Join(err, j.recountRoom(ctx, id))
	}
	return err
}

// forgetLeft forgets in open rooms when those were here last who have left: nobody has to know.
func (j *Jukebox) clearAbsent(ctx context.Context) error {
	return j.db.InTx(ctx, func(tx *ent.Tx) error {
		left := membership.And(membership.HasRoomWith(room.Status(string(party.Open))), membership.SeenAtLTE(database.Microseconds(time.Now().Add(-presenceTimeout))))
		return tx.Membership.Update().Where(left).ClearSeenAt().Exec(ctx)
	})
}

// isPresent are the people in a room who are connected, or were a moment ago. Screens are no people.
func isPresent(roomID string, now time.Time) predicate.Membership {
	return membership.And(membership.RoomID(roomID), membership.SeenAtGT(now.Add(-presenceTimeout)), membership.RoleIn(toStrings(party.PersonRoles())...))
}

// recount tells a room how many are present, if that is news.
func (j *Jukebox) recountRoom(ctx context.Context, roomID string) error {
	present, err := j.db.Read.Membership.Query().Where(isPresent(roomID, time.Now())).Count(ctx)
	if err != nil {
		return err
	}
	known, err := j.db.Read.Room.Query().Where(room.ID(roomID), room.Or(room.PresentCount(present), room.StatusNEQ(string(party.Open)))).Exist(ctx)
	if err != nil || known {
		return err
	}
	err = j.changer.change(ctx, roomID, func(ctx context.Context, t *roomTx) error { return t.recountPresent(ctx) })
	if party.CodeOf(err) == party.Conflict { // it has just closed
		return nil
	}
	return err
}

// recount also counts the votes anew: fewer may be enough now.
func (t *roomTx) recountPresent(ctx context.Context) error {
	row, err := t.tx.Room.Get(ctx, t.roomID)
	if err != nil {
		return err
	}
	present, err := t.tx.Membership.Query().Where(isPresent(t.roomID, t.now)).Count(ctx)
	if err != nil || present == row.PresentCount {
		return err
	}
	t.affectsNobody()
	if err := t.versioned().Room.Update().Where(room.ID(t.roomID)).SetPresentCount(present).Exec(ctx); err != nil {
		return err
	}
	settings := settingsOf(row)
	voting, err := t.tx.SkipVote.Query().Where(skipvote.HasItemWith(queueitem.RoomID(t.roomID), queueitem.State(string(party.NowPlaying)))).Exist(ctx)
	if err != nil || !voting && settings.VotesNeeded(present) == settings.VotesNeeded(row.PresentCount) {
		return err
	}
	return t.recountVotes(ctx, &settings)
}

// tallyAnew counts votes when others are present, or it takes another number of them than before.
func (t *roomTx) recountVotes(ctx context.Context, settings *party.RoomSettings) error {
	playing, err := t.playingItem(ctx)
	if err == nil {
		return t.countVotes(ctx, playing, settings)
	}
	if !errors.Is(err, errNothingPlays) {
		return err
	}
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).AddVotesVersion(1).Exec(ctx)
}
