package histories_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// honest is a small history in which nothing is wrong: Gina adds a song, Gustav likes it, an answer is lost, the host
// changes a setting, one server takes over from the other, and everybody sees the same queue.
func honest() *history {
	began := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	did := func(from, to float64, a act) act {
		a.begin, a.end, a.via = at(from), at(to), []string{"A"}
		if a.likes == 0 && a.kind != "read" {
			a.likes = -1
		}
		return a
	}
	happened := func(seconds float64, e event) event {
		e.at = began.Add(at(seconds))
		return e
	}
	wrote := func(seconds float64, r row) row {
		r.at = began.Add(at(seconds))
		return r
	}
	return &history{
		began: began, first: 100, limits: limits{queue: 2, perGuest: 1, perHour: 5, cooldown: time.Minute},
		acts: []act{
			did(0, 1, act{user: "Gina", kind: "join", outcome: done}),
			did(0, 1, act{user: "Gustav", kind: "join", outcome: done}),
			did(1, 2, act{user: "Gina", kind: "add", song: "S1", item: "I1", outcome: done, key: true}),
			did(2, 3, act{user: "Gina", kind: "add", song: "S2", outcome: refused, why: "REFUSED TOO_MANY_QUEUED: …"}),
			did(3, 5, act{user: "Gustav", kind: "like", item: "I1", outcome: done, likes: 1, liked: true, key: true}),
			did(5, 6, act{user: "Gina", kind: "like", item: "I1", outcome: unknown, why: "EOF"}),
			did(7, 8, act{user: "Gina", kind: "read", item: "I1", outcome: done, likes: 2, liked: true}),
			did(8, 9, act{user: hostName, kind: "set", value: 101, outcome: done, key: true}),
			did(9.5, 10, act{user: "Gina", kind: "read setting", value: 101, outcome: done}),
			did(12, 13, act{user: "Gustav", kind: "add", song: "S3", item: "I3", outcome: done, key: true}),
			did(14, 15, act{user: "Gustav", kind: "remove", item: "I3", outcome: done, key: true}),
		},
		faults: []fault{{kind: "cut", what: "clients A", servers: []string{"A"}, begin: at(5), end: at(6)}},
		log: []event{
			happened(1.5, event{user: "Gina", kind: "ADDED", item: "I1", song: "S1"}),
			happened(4, event{user: "Gustav", kind: "LIKED", item: "I1"}),
			happened(5.5, event{user: "Gina", kind: "LIKED", item: "I1"}),
			happened(8.5, event{user: hostName, kind: "SETTINGS"}),
			happened(12.5, event{user: "Gustav", kind: "ADDED", item: "I3", song: "S3"}),
			happened(14.5, event{user: "Gustav", kind: "WITHDRAWN", item: "I3"}),
		},
		plays:   []play{{"I1", "S1", began.Add(at(11))}},
		heard:   []string{"S1"},
		members: map[string]int{"Gina": 1, "Gustav": 1},
		observers: []*observer{
			{name: "one", versions: []int64{2, 3, 7}, saw: map[int64]string{2: "I1", 3: "I1, 1 like", 7: ""}},
			{name: "other", versions: []int64{3, 6, 7}, saw: map[int64]string{3: "I1, 1 like", 6: "I3", 7: ""}},
		},
		witness: []row{
			wrote(0, row{server: "A", kind: "lease", new: 1}),
			wrote(1.5, row{server: "A", kind: "version", old: 1, new: 2}), wrote(1.5, row{kind: "row", new: 2}),
			wrote(4, row{server: "A", kind: "version", old: 2, new: 3}), wrote(4, row{kind: "row", new: 3}),
			wrote(4, row{kind: "row", new: 4}), wrote(4, row{server: "A", kind: "version", old: 3, new: 4}),
			wrote(7, row{server: "A", kind: "version", old: 4, new: 5}),
			wrote(7, row{server: "A", kind: "version", old: 5, new: 4}),
			wrote(8.5, row{server: "A", kind: "version", old: 4, new: 5}), wrote(8.5, row{kind: "row", new: 5}),
			wrote(10, row{server: "B", kind: "lease", old: 1, new: 2}),
			wrote(11, row{server: "B", kind: "version", old: 5, new: 6}), wrote(11, row{kind: "row", new: 6}),
			wrote(11, row{server: "B", kind: "step", new: 6, what: "I1 PLAYING"}),
			wrote(14.5, row{server: "A", kind: "version", old: 6, new: 7}), wrote(14.5, row{kind: "row", new: 7}),
		},
		commands: []command{{began.Add(at(0.5)), "A", "POST /queue"}, {began.Add(at(10.5)), "B", "POST /queue"}},
	}
}

func TestHonestHistoryIsAccepted(t *testing.T) {
	for _, v := range honest().check() {
		t.Error(honest().story(v))
	}
}

// Each row forges one fault into the honest history. It has the name of the check that has to find the fault, and a
// part of the message that it has to give.
func TestForgedHistoriesAreFound(t *testing.T) {
	find := func(h *history, kind, item string) *act {
		return &h.acts[slices.IndexFunc(h.acts, func(a act) bool { return a.kind == kind && a.item == item })]
	}
	for _, forged := range []struct {
		name, check, says string
		forge             func(*history)
	}{
		{"a lost like", "likes", "no order", func(h *history) {
			find(h, "read", "I1").likes, find(h, "read", "I1").liked = 0, false
		}},
		{"a like that counts twice", "likes", "no order", func(h *history) { find(h, "read", "I1").likes = 3 }},
		{"a stale read", "likes", "no order", func(h *history) {
			h.acts = append(h.acts, act{user: "Gustav", kind: "read", item: "I1", outcome: done, begin: 20 * time.Second,
				end: 21 * time.Second, likes: 1})
		}},
		{"a refused like that was applied", "like events", "at most 0 times", func(h *history) {
			h.log = append(h.log, event{at: h.log[5].at, user: "Gina", kind: "LIKED", item: "I3"})
		}},
		{"a like that was applied twice", "like events", "twice", func(h *history) {
			h.log = slices.Insert(h.log, 3, h.log[2])
		}},
		{"a lost song", "adds", "lost", func(h *history) { h.log = slices.Delete(h.log, 4, 6) }},
		{"a doubled add", "adds", "2 times by the log", func(h *history) {
			again := h.log[4]
			again.item, again.at = "I4", again.at.Add(5*time.Second)
			h.log = append(h.log, again)
		}},
		{"an add whose repetition became a like", "adds", "0 to 0 times", func(h *history) {
			find(h, "add", "I1").already = true
		}},
		{"a refused add that was applied", "adds", "0 to 0 times", func(h *history) {
			h.log = append(h.log, event{at: h.began.Add(20 * time.Second), user: "Gina", kind: "ADDED", item: "I2", song: "S2"})
		}},
		{"a song nobody asked for", "adds", "never asked", func(h *history) {
			h.log = append(h.log, event{at: h.began.Add(20 * time.Second), user: "Gerd", kind: "ADDED", item: "I9", song: "S9"})
		}},
		{"a lost removal", "removals", "not in the log", func(h *history) { h.log = h.log[:5] }},
		{"a doubled removal", "removals", "removed 2 times", func(h *history) { h.log = append(h.log, h.log[5]) }},
		{"a refused removal that was applied", "removals", "at most 0 times", func(h *history) {
			find(h, "remove", "I3").outcome = refused
		}},
		{"a lost setting", "settings", "no order", func(h *history) {
			h.acts[slices.IndexFunc(h.acts, func(a act) bool { return a.kind == "read setting" })].value = 100
		}},
		{"a lost guest", "joins", "0 members", func(h *history) { h.members["Gina"] = 0 }},
		{"a doubled guest", "joins", "2 members", func(h *history) { h.members["Gina"] = 2 }},
		{"a guest who exceeds the limit", "limits", "1 of their songs waited", func(h *history) {
			h.plays, h.log[4].user = nil, "Gina"
		}},
		{"a queue that exceeds the limit", "limits", "1 songs waited", func(h *history) { h.plays, h.limits.queue = nil, 1 }},
		{"a quota that is exceeded", "limits", "added 2 songs within", func(h *history) {
			h.limits.perHour, h.log[4].user = 1, "Gina"
		}},
		{"a cooldown that is ignored", "limits", "after I1 had played", func(h *history) { h.log[4].song = "S1" }},
		{"a follower that differs", "followers", "at version 3 one saw", func(h *history) {
			h.observers[1].saw[3] = "I1, 2 likes"
		}},
		{"a follower that goes back", "followers", "went back", func(h *history) {
			h.observers[0].versions = []int64{2, 7, 3}
		}},
		{"a follower that misses the end", "followers", "has not seen", func(h *history) {
			h.lagging = []string{"one has not seen 7"}
		}},
		{"a version gap", "versions", "with the version 8", func(h *history) {
			h.witness = append(h.witness, row{kind: "version", old: 7, new: 9})
		}},
		{"a version that is used twice", "versions", "after it had been 7", func(h *history) {
			h.witness = append(h.witness, row{kind: "version", old: 6, new: 7})
		}},
		{"two drivers that write", "drivers", "A wrote I3 COMMITTED", func(h *history) {
			h.witness = append(h.witness, row{at: h.began.Add(12 * time.Second), server: "A", kind: "step",
				what: "I3 COMMITTED"})
		}},
		{"two drivers that command", "drivers", "A sent POST /queue", func(h *history) {
			h.commands = append(h.commands, command{h.began.Add(12 * time.Second), "A", "POST /queue"})
		}},
		{"an epoch that is used twice", "drivers", "given away again", func(h *history) {
			h.witness = append(h.witness, row{at: h.began.Add(12 * time.Second), server: "A", kind: "lease", old: 1, new: 2})
		}},
		{"a server that never comes back", "recovery", "never acknowledged", func(h *history) { h.faults[0].recovery = -1 }},
		{"a song that is heard twice", "heard", "heard twice", func(h *history) { h.heard = append(h.heard, "S1") }},
	} {
		t.Run(forged.name, func(t *testing.T) {
			h := honest()
			forged.forge(h)
			found := h.check()
			if !slices.ContainsFunc(found, func(v violation) bool {
				return v.check == forged.check && strings.Contains(v.says, forged.says)
			}) {
				t.Errorf("found %+v; want one of %s that says %q", found, forged.check, forged.says)
			}
		})
	}
}

// A story has the acts in chronological order, with the faults that overlap them.
func TestStoryTellsActsAndFaultsInOrder(t *testing.T) {
	h := honest()
	h.acts[6].likes = 5
	var story string
	for _, v := range h.check() {
		story += h.story(v)
	}
	const want = `likes: no order of the acts on I1 explains the answers (Illegal)
     3.000–   5.000 s Gustav like I1 via A: done, 1 likes, own true
     5.000–   6.000 s Gina like I1 via A: unknown (EOF)
     5.000–   6.000 s *** cut clients A ***
     7.000–   8.000 s Gina read I1 via A: done, 5 likes, own true
`
	if story != want {
		t.Errorf("the story is\n%s", story)
	}
}
