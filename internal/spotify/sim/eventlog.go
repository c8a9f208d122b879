package sim

import (
	"maps"
	"time"
)

// What started a track.
const (
	ByAPI      = "api"      // PUT me/player/play
	ByQueue    = "queue"    // POST me/player/queue
	ByContext  = "context"  // the next one in the list or the context
	ByHost     = "host"     // the host, in Spotify's app
	ByAutoplay = "autoplay" // Spotify, after the end of the list
)

// Play is a track that a player played.
type Play struct {
	URI     string        `json:"uri"`
	Started time.Time     `json:"started"`
	Ended   time.Time     `json:"ended"`     // zero while it is the current track
	Full    bool          `json:"full"`      // it played to its end
	Paused  time.Duration `json:"paused_ns"` // how long it was not audible in between
	ByWhom  string        `json:"by_whom"`
}

// Silence is a time without music after a player's first track. A silence that has not ended yet ends at the time of
// the query.
type Silence struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Why is "ended" (nothing was left to play), "paused", "closed" (the app was closed), "vanished", "frozen",
	// "unplayable" (the track cannot be loaded), "ad", "episode", "local" (a file of the host) or "unknown".
	Why string `json:"why"`
}

// event is a change in what a player plays.
type event struct {
	at    time.Time
	kind  eventKind
	track string
	by    string
	why   string
	full  bool
}

type eventKind int

const (
	started  eventKind = iota // a track
	ended                     // the track, at its end or earlier
	silenced                  // the track, for the reason why
	resumed                   // it is audible again
)

// maxEvents bounds the events that are kept for an account. A track makes two.
const maxEvents = 20_000

// eventLog records for tests what the players did since the process started, by account.
type eventLog map[string][]event

// add appends events. A new event removes later ones, such as the end of an interruption that was cut short.
func (j eventLog) add(accountID string, events []event) {
	all := j[accountID]
	for _, e := range events {
		for len(all) > 0 && all[len(all)-1].at.After(e.at) {
			all = all[:len(all)-1]
		}
		all = append(all, e)
	}
	j[accountID] = all[max(0, len(all)-maxEvents):]
}

// Plays returns what an account's player has played since the process started, oldest first. It keeps the last few
// thousand.
func (s *Spotify) Plays(accountID string) []Play {
	events, now := s.events(accountID)
	return playsFrom(events, now)
}

// Silences returns when an account's player was silent, oldest first.
func (s *Spotify) Silences(accountID string) []Silence {
	events, now := s.events(accountID)
	return silencesFrom(events, now)
}

func (s *Spotify) events(accountID string) ([]event, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	a, ok := s.state.Accounts[accountID]
	if !ok {
		return nil, now
	}
	both := eventLog{accountID: append([]event(nil), s.eventLog[accountID]...)}
	both.add(accountID, s.advanceAccount(a, now).Player.events)
	return both[accountID], now
}

func playsFrom(events []event, now time.Time) (all []Play) {
	var quiet time.Time // since when the last track has been silent
	endSilence := func(at time.Time) {
		if !quiet.IsZero() && len(all) > 0 {
			all[len(all)-1].Paused += max(0, at.Sub(quiet))
		}
		quiet = time.Time{}
	}
	for _, e := range events {
		if e.at.After(now) {
			break
		}
		switch e.kind {
		case started:
			all, quiet = append(all, Play{URI: trackURI + e.track, Started: e.at, ByWhom: e.by}), time.Time{}
		case silenced:
			endSilence(e.at)
			if len(all) > 0 && all[len(all)-1].Ended.IsZero() {
				quiet = e.at
			}
		case resumed:
			endSilence(e.at)
		case ended:
			endSilence(e.at)
			if len(all) > 0 {
				all[len(all)-1].Ended, all[len(all)-1].Full = e.at, e.full
			}
		}
	}
	if len(all) > 0 && all[len(all)-1].Ended.IsZero() {
		endSilence(now)
	}
	return all
}

func silencesFrom(events []event, now time.Time) (all []Silence) {
	open := Silence{}
	end := func(at time.Time) {
		if open.To = at; !open.From.IsZero() && at.After(open.From) {
			all = append(all, open)
		}
		open = Silence{}
	}
	for _, e := range events {
		if e.at.After(now) {
			break
		}
		switch e.kind {
		case started, resumed:
			end(e.at)
		case silenced:
			end(e.at)
			open = Silence{From: e.at, Why: e.why}
		case ended:
			if open.From.IsZero() {
				open = Silence{From: e.at, Why: "ended"}
			}
		}
	}
	end(now)
	return all
}

// Requests returns how many requests were answered, by route and status, such as "GET /v1/me/player 200". A request
// whose connection was closed has "cut" instead of a status.
func (s *Spotify) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requests)
}

// Injected returns how many faults were injected, by kind, such as "429 text", "502 html after applying", "cut" or
// "hang".
func (s *Spotify) Injected() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.injected)
}
