package sim

import (
	"maps"
	"time"
)

// What brought a track to the player.
const (
	ByAPI      = "api"      // PUT me/player/play
	ByQueue    = "queue"    // POST me/player/queue
	ByContext  = "context"  // it followed in the list or the context
	ByHost     = "host"     // the host, in Spotify's app
	ByAutoplay = "autoplay" // Spotify, after the list
)

// Heard is a track that a player really played.
type Heard struct {
	URI     string        `json:"uri"`
	Started time.Time     `json:"started"`
	Ended   time.Time     `json:"ended"`     // zero while it is the current one
	Full    bool          `json:"full"`      // it ran to its end
	Paused  time.Duration `json:"paused_ns"` // of the time between, how long it was not heard
	ByWhom  string        `json:"by_whom"`
}

// Silence is a time without music after a player's first track. An open one ends at the time it was asked for.
type Silence struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Why is "ended" (there was nothing more to play), "paused", "closed" (the app), "vanished", "frozen", "ad" or
	// "episode".
	Why string `json:"why"`
}

// event is what happens to a player's sound.
type event struct {
	at    time.Time
	what  happening
	track string
	by    string
	why   string
	full  bool
}

type happening int

const (
	started happening = iota
	left
	silenced
	resumed
)

// journalLength is how many events of an account are kept; a track makes two.
const journalLength = 20_000

// journal remembers for tests what the players did, as long as the process lives.
type journal map[string][]event

// add appends what happened. It may undo the end of an interlude that was cut short.
func (j journal) add(accountID string, happened []event) {
	all := j[accountID]
	for _, e := range happened {
		for len(all) > 0 && all[len(all)-1].at.After(e.at) {
			all = all[:len(all)-1]
		}
		all = append(all, e)
	}
	j[accountID] = all[max(0, len(all)-journalLength):]
}

// Heard returns what an account's player has played since the process began, in order; at most the last few thousand.
func (s *Spotify) Heard(accountID string) []Heard {
	events, now := s.events(accountID)
	return heard(events, now)
}

// Silences returns when an account's player was not heard, in order.
func (s *Spotify) Silences(accountID string) []Silence {
	events, now := s.events(accountID)
	return silences(events, now)
}

func (s *Spotify) events(accountID string) ([]event, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	a, ok := s.state.Accounts[accountID]
	if !ok {
		return nil, now
	}
	both := journal{accountID: append([]event(nil), s.journal[accountID]...)}
	both.add(accountID, s.advanced(a, now).Player.log)
	return both[accountID], now
}

func heard(events []event, now time.Time) (all []Heard) {
	var quiet time.Time // since when the last one has not been heard
	speak := func(at time.Time) {
		if !quiet.IsZero() && len(all) > 0 {
			all[len(all)-1].Paused += max(0, at.Sub(quiet))
		}
		quiet = time.Time{}
	}
	for _, e := range events {
		if e.at.After(now) {
			break
		}
		switch e.what {
		case started:
			all, quiet = append(all, Heard{URI: trackURI + e.track, Started: e.at, ByWhom: e.by}), time.Time{}
		case silenced:
			speak(e.at)
			quiet = e.at
		case resumed:
			speak(e.at)
		case left:
			speak(e.at)
			if len(all) > 0 {
				all[len(all)-1].Ended, all[len(all)-1].Full = e.at, e.full
			}
		}
	}
	if len(all) > 0 && all[len(all)-1].Ended.IsZero() {
		speak(now)
	}
	return all
}

func silences(events []event, now time.Time) (all []Silence) {
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
		switch e.what {
		case started, resumed:
			end(e.at)
		case silenced:
			end(e.at)
			open = Silence{From: e.at, Why: e.why}
		case left:
			if open.From.IsZero() {
				open = Silence{From: e.at, Why: "ended"}
			}
		}
	}
	end(now)
	return all
}

// Requests returns how many requests were answered, by route and status: "GET /v1/me/player 200", or "cut" instead of
// a status.
func (s *Spotify) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requests)
}

// Injected returns how many faults were injected, by kind: "429 text", "502 html after applying", "cut", "hang".
func (s *Spotify) Injected() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.injected)
}
