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
	// no answer, or an unclear one: it may take effect at any time after its beginning, or never
	unknown outcome = "unknown"
)

// act is something that a user did, from the first attempt to the last. Times are relative to the beginning of the
// history, by the monotonic clock.
type act struct {
	user, kind string
	item, song string // what it was about; item is also the result of adding
	value      int    // of the setting that was changed or read
	key        bool   // it has an idempotency key, with which it is repeated until its outcome is known
	begin, end time.Duration
	via        []string // the servers of its attempts, in order
	outcome    outcome
	why        string // the error, unless it is done
	likes      int    // the item's likes in the answer; -1: not in the answer
	liked      bool   // whether the user likes the item, by the answer
	already    bool   // adding: the recording was queued already
}

// fault is something that the nemesis did. It ends when everything runs and every connection works again.
type fault struct {
	kind, what string
	servers    []string // the servers that it affects
	begin, end time.Duration
	recovery   time.Duration // from the end until the next act was acknowledged at each of these servers; -1: never
}

// event is an event of the room's log.
type event struct {
	at                         time.Time
	user, kind                 string
	item, song, subject, extra string
}

// play is a song that was played according to the room's history.
type play struct {
	item, song string
	started    time.Time
}

// observer has what a follower of the queue, or somebody who queries it, saw at each version.
type observer struct {
	name     string
	versions []int64 // in the order in which they were seen
	saw      map[int64]string
}

// row is a row of the witness: a committed write to the database. The rows are in the order of the room's transactions.
type row struct {
	at     time.Time
	server string // the server over whose connection it was written
	// version: the room's version; row: something that stores its version; unnumbered: something that does not;
	// lease: the room's lease; step: a step of the player
	kind     string
	old, new int64 // versions; of a lease: epochs
	what     string
}

// command is a request to Spotify that changes what a player does.
type command struct {
	at           time.Time
	server, what string
}

// limits are those of the room's settings that limit adding songs. They stay the same during a history.
type limits struct {
	queue, perGuest, perHour int
	cooldown                 time.Duration
}

// history is everything that was recorded, and what was read after the end.
type history struct {
	began     time.Time
	acts      []act
	faults    []fault
	log       []event // oldest first
	plays     []play
	heard     []string       // songs, in the order in which the loudspeaker played them
	members   map[string]int // how many members have a name
	observers []*observer
	lagging   []string // messages about followers that never got a version that a query showed after the end
	witness   []row
	commands  []command
	limits    limits
	first     int // the value of maxSongSeconds in the beginning
}

// recorder collects the acts and faults of a history while it goes on. It is safe for concurrent use.
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

// recovery returns how long after the end of a fault it took until all servers that it affected had acknowledged an act
// again; -1 if one never did.
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

// stall returns the longest time during a fault in which the servers that it does not affect acknowledged nothing. It
// is 0 if the fault affects all servers.
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

// violation is something that must not have happened, with the acts that show it.
type violation struct {
	check, says string
	acts        []act
}

// story returns a text about a violation: its acts in chronological order, and the faults that overlap them.
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
