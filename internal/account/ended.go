package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/endedsession"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/ent/spotifyauthorization"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

const (
	// EndedKept is how long it is remembered that a session has ended. No access token lives that long.
	EndedKept = 2 * time.Hour
	// endedInterval is how often a server loads the sessions that have ended at other servers, in case a hint was lost.
	endedInterval = 5 * time.Second
	// endedOverlap is how far each load goes back before the previous one, because a transaction may commit later than one
	// that began after it. The delay is far shorter than this.
	endedOverlap = time.Minute
	// endedCached bounds how many ended sessions a server remembers one by one.
	endedCached = 100_000
	// clockSkew is how far the clock of a server, by which it issues tokens, may be ahead of the database's.
	clockSkew = time.Minute
	// endedTopic is the topic of hints that sessions have ended.
	endedTopic = "ended sessions"
	// insertedAtOnce bounds the rows of one statement.
	insertedAtOnce = 500
)

// endFunc ends sessions in a transaction.
type endFunc func(families ...string) error

// endingTx runs a transaction that may end sessions: it deletes their refresh tokens and records them as ended. Once
// that is committed, their access tokens are refused here; other servers get a hint. The transaction has to hold the
// locks of the sessions' users.
func (a *Accounts) endingTx(ctx context.Context, now time.Time, fn func(tx *ent.Tx, end endFunc) error) error {
	var ended []string
	err := a.db.InTx(ctx, func(tx *ent.Tx) error {
		ended = nil
		return fn(tx, func(families ...string) error {
			ended = append(ended, families...)
			return endSessions(ctx, tx, families, now)
		})
	})
	if err != nil || len(ended) == 0 {
		return err
	}
	a.ended.add(ended, now)
	a.ended.announce()
	if a.cfg.Bus != nil {
		a.cfg.Bus.Publish(live.VersionHint(endedTopic, now.UnixMicro()))
	}
	return nil
}

// endSessions deletes the refresh tokens of sessions, and stores that the sessions have ended. It skips those that are
// stored already. It also deletes the Spotify authorizations that their users have begun, perhaps with a stolen token,
// so that nobody completes them.
func endSessions(ctx context.Context, tx *ent.Tx, families []string, now time.Time) error {
	slices.Sort(families)
	for some := range slices.Chunk(slices.Compact(families), insertedAtOnce) {
		theirs := session.FamilyIn(some...)
		users, err := tx.Session.Query().Where(theirs).Unique(true).Select(session.FieldUserID).Strings(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.SpotifyAuthorization.Delete().Where(spotifyauthorization.UserIDIn(users...)).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.Session.Delete().Where(theirs).Exec(ctx); err != nil {
			return err
		}
		if err := storeEnded(ctx, tx, some, now); err != nil {
			return err
		}
	}
	return nil
}

func storeEnded(ctx context.Context, tx *ent.Tx, families []string, now time.Time) error {
	known, err := tx.EndedSession.Query().Where(endedsession.IDIn(families...)).IDs(ctx)
	if err != nil {
		return err
	}
	var rows []*ent.EndedSessionCreate
	for _, family := range families {
		if !slices.Contains(known, family) {
			rows = append(rows, tx.EndedSession.Create().SetID(family).SetEndedAt(now))
		}
	}
	return tx.EndedSession.CreateBulk(rows...).Exec(ctx)
}

// familiesOf returns the ids of all sessions of users.
func familiesOf(ctx context.Context, tx *ent.Tx, users ...string) ([]string, error) {
	return tx.Session.Query().Where(session.UserIDIn(users...)).Unique(true).Select(session.FieldFamily).Strings(ctx)
}

// Authenticate returns the user that an access token was issued to. The error is Unauthenticated if the token is not
// valid or its session has ended. It does not query the database.
func (a *Accounts) Authenticate(token string) (Viewer, error) {
	viewer, err := a.cfg.Tokens.Check(token)
	if err == nil && (a.ended.includes(viewer.SessionID) || a.ended.predates(viewer.IssuedAt)) {
		return Viewer{}, party.Errorf(party.Unauthenticated, "This session has ended: sign in or join again.")
	}
	return viewer, err
}

// HasEnded reports whether a session has ended, as far as this server knows.
func (a *Accounts) HasEnded(sessionID string) bool { return a.ended.includes(sessionID) }

// OnEnded arranges for fn to be called after sessions have ended, so that it can close what HasEnded reports. It must
// not block. Call it once, before the first request.
func (a *Accounts) OnEnded(fn func()) { a.ended.announce = fn }

// WatchEnded loads the sessions that have ended at other servers, whenever a hint says so and every few seconds, until
// ctx ends. It returns nil; failures are logged. Call LoadEnded before.
func (a *Accounts) WatchEnded(ctx context.Context) error {
	if a.cfg.Bus != nil {
		defer a.cfg.Bus.Subscribe(func(h live.Hint) {
			if h.Topic == endedTopic {
				a.ReconcileEnded()
			}
		})()
	}
	ticker := time.NewTicker(endedInterval)
	defer ticker.Stop()
	for failing := false; ; {
		select {
		case <-ticker.C:
		case <-a.ended.wake:
		case <-ctx.Done():
			return nil
		}
		err := a.LoadEnded(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			a.cfg.Log.WarnContext(ctx, "could not load which sessions have ended at other servers", "error", err)
		}
		failing = err != nil
	}
}

// ReconcileEnded makes WatchEnded load at once. It returns without waiting.
func (a *Accounts) ReconcileEnded() {
	select {
	case a.ended.wake <- struct{}{}:
	default: // a token is waiting already
	}
}

// LoadEnded reads which sessions have ended since the last call.
func (a *Accounts) LoadEnded(ctx context.Context) error {
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	rows, err := a.db.Read.EndedSession.Query().Where(endedsession.EndedAtGT(a.ended.since(now))).
		Order(endedsession.ByEndedAt()).All(ctx)
	if err != nil {
		return fmt.Errorf("read which sessions have ended: %w", err)
	}
	fresh := false
	for _, row := range rows {
		fresh = a.ended.add([]string{row.ID}, row.EndedAt) || fresh
	}
	a.ended.loaded(now)
	if fresh {
		a.ended.announce()
	}
	return nil
}

// endedSessions are the sessions that have ended not long ago, as far as this server knows. It is safe for concurrent
// use.
type endedSessions struct {
	announce func()        // called after sessions were added
	wake     chan struct{} // holds a token when WatchEnded should load at once

	mu     sync.RWMutex
	at     map[string]time.Time // when each session ended, by the database's clock
	seen   time.Time            // when the last load began; zero: there was none
	before time.Time            // tokens that were issued before are refused, because their session may be forgotten
}

func newEndedSessions() *endedSessions {
	return &endedSessions{announce: func() {}, wake: make(chan struct{}, 1), at: map[string]time.Time{}}
}

func (e *endedSessions) includes(sessionID string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	_, ended := e.at[sessionID]
	return ended
}

// predates reports whether a token is so old that its session may have ended and have been forgotten.
func (e *endedSessions) predates(issuedAt time.Time) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return issuedAt.Before(e.before)
}

// add remembers that sessions ended at a time, and reports whether that was not known of at least one of them.
func (e *endedSessions) add(sessions []string, at time.Time) (fresh bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range sessions {
		if _, known := e.at[id]; !known {
			e.at[id], fresh = at, true
		}
	}
	if len(e.at) > endedCached {
		e.forgetOlderHalf()
	}
	return fresh
}

// forgetOlderHalf forgets the older half of the ended sessions. From then on all tokens that are as old as theirs are
// refused, so that no token of a forgotten session is accepted again; the clients of other sessions refresh their
// tokens. The caller holds the mutex.
func (e *endedSessions) forgetOlderHalf() {
	times := make([]time.Time, 0, len(e.at))
	for _, at := range e.at {
		times = append(times, at)
	}
	slices.SortFunc(times, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	last := times[len(times)/2]
	for id, at := range e.at {
		if !at.After(last) {
			delete(e.at, id)
		}
	}
	e.before = last.Add(clockSkew)
}

// since returns the time after which sessions may have ended that are not known yet.
func (e *endedSessions) since(now time.Time) time.Time {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.seen.IsZero() {
		return now.Add(-EndedKept)
	}
	return e.seen.Add(-endedOverlap)
}

// loaded records when a successful load began, and forgets sessions whose tokens have all expired.
func (e *endedSessions) loaded(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = now
	for id, at := range e.at {
		if now.Sub(at) > EndedKept {
			delete(e.at, id)
		}
	}
}
