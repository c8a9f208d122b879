package sim

import (
	"fmt"
	"slices"
	"time"
)

// How a track can be broken, see BreakTrack. The app shows it as playable all the same.
const (
	TrackSkipped = "skipped" // the player cannot load it, and starts the next one at once
	TrackSilent  = "silent"  // the player cannot load it, and stops at its beginning
	TrackStuck   = "stuck"   // the player cannot load it, and claims to play it at its beginning
	TrackEndless = "endless" // the player plays it, and then stays at its end and claims to play it
)

// maxFailedLoads is after how many tracks that it cannot load a player gives up.
const maxFailedLoads = 20

// BrokenKinds returns the ways in which a track can be broken.
func BrokenKinds() []string { return []string{TrackSkipped, TrackSilent, TrackStuck, TrackEndless} }

// BreakTrack makes a track, in the way of one of the constants, unplayable for every player, from the next time that a
// player starts or finishes it. An empty way repairs it. The URI may be that of any release. It returns an error if the
// track or the way does not exist.
func (s *Spotify) BreakTrack(uri, how string) error {
	if how != "" && !slices.Contains(BrokenKinds(), how) {
		return fmt.Errorf("a track cannot be %q, only %q", how, BrokenKinds())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.trackByURI(uri)
	if err != nil {
		return err
	}
	if err := s.advanceAll(); err != nil {
		return err
	}
	for _, id := range []string{t.ID, t.PlaysAs} {
		s.broken[id] = how
	}
	return nil
}

// RepairTracks repairs all tracks.
func (s *Spotify) RepairTracks() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.advanceAll()
	clear(s.broken)
	return err
}

// advanceAll saves all players as they are now, before something changes that determines how they continue. The caller
// holds the lock.
func (s *Spotify) advanceAll() error {
	next := s.state.clone()
	for id, a := range next.Accounts {
		next.Accounts[id] = s.advanceAccount(a, s.now())
	}
	return s.commit(next)
}

// skipBroken starts the next track instead of the current one, which never became audible. After maxFailedLoads broken
// tracks in a row the player stops.
func (p player) skipBroken(at time.Time, l playerOptions) player {
	p.By = ""
	if p.failed++; p.failed > maxFailedLoads {
		p.failed, p.List = 0, nil
		return p.stop(at, l)
	}
	p = p.next(at, l)
	p.failed = 0
	return p
}
