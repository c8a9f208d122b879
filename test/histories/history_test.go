package histories_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// outcome is what a client knows about its act.
type outcome string

const (
	done    outcome = "done"    // acknowledged: it took effect exactly once, between begin and end
	refused outcome = "refused" // a clear no: it never takes effect
	unknown outcome = "unknown" // no answer, or one that says nothing: it may take effect at any time after its beginning
)

// act is what a user did, from the first attempt to the last. Times are since the beginning of the history, by the
// monotonic clock.
type act struct {
	user, kind string
	item, song string // what it was about; item is also the result of adding
	value      int    // of a setting
	key        bool   // it was repeated with the same idempotency key until its outcome was known
	begin, end time.Duration
	via        []string // the servers of its attempts, in order
	outcome    outcome
	why        string // the error, unless it is done
	likes      int    // the item's likes in the answer; -1: not in the answer
	liked      bool   // whether the user likes the item, by the answer
	already    bool   // adding: the recording was queued already
}

// fault is something that the nemesis did. The end is when everything runs and every line is open again.
type fault struct {
	kind, what string
	servers    []string // whose acts it concerns
	begin, end time.Duration
	recovery   time.Duration // from the end until the next act was acknowledged at each of these servers; -1: never
}

// event is an event of the room's log.
type event struct {
	at                         time.Time
	user, kind                 string
	item, song, subject, extra string
}

// play is a song that was played, by the room's history.
type play struct {
	item, song string
	started    time.Time
}

// observer is a follower of the queue, or somebody who asks for it: what it saw at each version.
type observer struct {
	name     string
	versions []int64 // in the order in which they were seen
	saw      map[int64]string
}

// row is a row of the witness: a write to the database, in the order of the transactions of a room. Only committed
// writes are there.
type row struct {
	at       time.Time
	server   string // whose connection wrote it
	kind     string // version: of the room; row: of something with a version; unnumbered; lease; step: of the player
	old, new int64  // versions, or epochs
	what     string
}

// command is a request to Spotify that changes what a player does.
type command struct {
	at           time.Time
	server, what string
}

// limits are the room's settings that stay the same in the whole history.
type limits struct {
	queue, perGuest, perHour int
	cooldown                 time.Duration
}

// history is everything that was recorded, and what the world says after the end.
type history struct {
	began     time.Time
	acts      []act
	faults    []fault
	log       []event // oldest first
	plays     []play
	heard     []string       // songs, in the order in which the loudspeaker played them
	members   map[string]int // how many members have a name
	observers []*observer
	lagging   []string // observers that never got the queue's last version
	witness   []row
	commands  []command
	limits    limits
	first     int // maxSongSeconds in the beginning
}

// recorder collects the acts and faults of a history that goes on. It is safe for concurrent use.
type recorder struct {
	began time.Time
	mu    sync.Mutex
	acts  []act   // guarded by mu
	fault []fault // guarded by mu
}

func (r *recorder) now() time.Duration { return time.Since(r.began) }

func (r *recorder) add(a act) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, a)
}

func (r *recorder) addFault(f fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = append(r.fault, f)
}

// recovery is how long after the end of a fault each of its servers acknowledged an act again, at worst.
func recovery(f fault, acts []act) time.Duration {
	worst := time.Duration(0)
	for _, server := range f.servers {
		first := time.Duration(-1)
		for _, a := range acts {
			if a.outcome == done && a.end >= f.end && a.via[len(a.via)-1] == server && (first < 0 || a.end < first) {
				first = a.end
			}
		}
		if first < 0 {
			return -1
		}
		worst = max(worst, first-f.end)
	}
	return worst
}

// stall is the longest time during a fault in which the servers that it does not concern acknowledged nothing; 0 if it
// concerns all.
func stall(f fault, acts []act) (longest time.Duration) {
	last, others := f.begin, false
	var ends []time.Duration
	for _, a := range acts {
		if slices.Contains(f.servers, a.via[len(a.via)-1]) {
			continue
		}
		others = true
		if a.outcome == done && a.end > f.begin && a.end < f.end {
			ends = append(ends, a.end)
		}
	}
	if !others {
		return 0
	}
	slices.Sort(ends)
	for _, end := range append(ends, f.end) {
		longest, last = max(longest, end-last), end
	}
	return longest
}

// violation is something that must not happen, with the acts that show it.
type violation struct {
	check, says string
	acts        []act
}

// story tells a violation: its acts in the order of time, and the faults that overlap them.
func (h *history) story(v violation) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", v.check, v.says)
	type line struct {
		at   time.Duration
		text string
	}
	var lines []line
	for _, a := range v.acts {
		lines = append(lines, line{a.begin, a.String()})
	}
	for _, f := range h.faults {
		if slices.ContainsFunc(v.acts, func(a act) bool { return a.begin < f.end && f.begin < a.end }) {
			lines = append(lines, line{f.begin, f.String()})
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return int(a.at - b.at) })
	const most = 40
	if len(lines) > most {
		fmt.Fprintf(&text, "  (the last %d of %d lines)\n", most, len(lines))
		lines = lines[len(lines)-most:]
	}
	for _, l := range lines {
		fmt.Fprintln(&text, " ", l.text)
	}
	return text.String()
}

func (a act) String() string {
	text := fmt.Sprintf("%s %s %s", span(a.begin, a.end), a.user, a.kind)
	for _, about := range []string{a.item, a.song} {
		if about != "" {
			text += " " + about
		}
	}
	if a.kind == "set" || a.kind == "read setting" {
		text += fmt.Sprint(" ", a.value)
	}
	text += fmt.Sprintf(" via %s: %s", strings.Join(a.via, ","), a.outcome)
	switch {
	case a.why != "":
		text += " (" + a.why + ")"
	case a.already:
		text += " (already queued)"
	}
	if a.outcome == done && a.likes >= 0 {
		text += fmt.Sprintf(", %d likes, own %t", a.likes, a.liked)
	}
	return text
}

func (f fault) String() string {
	return fmt.Sprintf("%s *** %s %s ***", span(f.begin, f.end), f.kind, f.what)
}

func span(begin, end time.Duration) string {
	return fmt.Sprintf("%8.3f–%8.3f s", begin.Seconds(), end.Seconds())
}
