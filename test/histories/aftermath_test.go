package histories_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// truth sends a query as the host until it is answered. This has to happen within two minutes, because nothing is
// broken any more; otherwise truth fails the test.
func (w *world) truth(query string, variables map[string]any, result any) {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		outcome, why := request(w.servers[0].address, w.host.token, query, variables, result)
		if outcome == done {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: %s", query, why)
		}
	}
}

// pages returns all items of a list of the room, which it reads page by page.
func pages[Node any](w *world, field, nodes string) (all []Node) {
	w.t.Helper()
	after := ""
	for {
		var got struct {
			Room struct {
				List struct {
					Nodes    []Node
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		arguments := "first: 100"
		if after != "" {
			arguments += fmt.Sprintf(", after: %q", after)
		}
		if field == "log" {
			arguments += ", likes: true"
		}
		w.truth(fmt.Sprintf(`query($r: ID!) { room(id: $r) {
			list: %s(%s) { nodes { %s } pageInfo { hasNextPage endCursor } }
		} }`, field, arguments, nodes), map[string]any{"r": w.room}, &got)
		all = append(all, got.Room.List.Nodes...)
		if !got.Room.List.PageInfo.HasNextPage {
			return all
		}
		after = got.Room.List.PageInfo.EndCursor
	}
}

type (
	named    struct{ DisplayName string }
	songItem struct {
		ID   string
		Song struct{ URI string }
	}
	logged struct {
		At             time.Time
		Kind           string
		Actor, Subject *named
		Item           *songItem
		Detail         string
	}
	played struct {
		Item      songItem
		StartedAt time.Time
	}
	member struct{ Participant named }
)

func (n *named) String() string {
	if n == nil {
		return ""
	}
	return n.DisplayName
}

// gather returns the history, after it has read what can be known only after the end: the last reads of all users, the
// log, what was played, the members, and what the witness and the recorder of commands have seen.
func (w *world) gather() *history {
	w.t.Helper()
	w.readAll()
	h := &history{began: w.rec.began, acts: w.rec.acts, faults: w.rec.fault, members: map[string]int{}, limits: fixed,
		first: firstSetting}
	for i, f := range h.faults {
		h.faults[i].recovery = recovery(f, h.acts)
	}
	const fields = `at kind actor { displayName } subject { displayName } item { id song { uri } } detail`
	for _, l := range pages[logged](w, "log", fields) {
		e := event{at: l.At, user: l.Actor.String(), kind: l.Kind, subject: l.Subject.String(), extra: l.Detail}
		if l.Item != nil {
			e.item, e.song = l.Item.ID, l.Item.Song.URI
		}
		h.log = append(h.log, e)
	}
	slices.Reverse(h.log)
	for _, p := range pages[played](w, "history", `item { id song { uri } } startedAt`) {
		h.plays = append(h.plays, play{p.Item.ID, p.Item.Song.URI, p.StartedAt})
	}
	for _, m := range pages[member](w, "members", `participant { displayName }`) {
		h.members[m.Participant.DisplayName]++
	}
	var account struct{ Heard []struct{ URI string } }
	if err := w.spotify.control(http.MethodGet, "accounts/"+w.account, nil, &account); err != nil {
		w.t.Fatal(err)
	}
	for _, p := range account.Heard {
		h.heard = append(h.heard, p.URI)
	}
	var err error
	if h.witness, err = w.witness.rows(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.spotify.mu.Lock()
	defer w.spotify.mu.Unlock()
	h.commands = slices.Clone(w.spotify.commands)
	return h
}

// readAll lets every user read the items that their acts were about, and the host all items.
func (w *world) readAll() {
	about := map[string][]string{}
	for _, a := range w.rec.acts {
		if a.item != "" && !slices.Contains(about[a.user], a.item) {
			about[a.user] = append(about[a.user], a.item)
		}
	}
	about[hostName] = w.pool.all
	var readers sync.WaitGroup
	slots := make(chan struct{}, 4)
	for _, u := range append(w.gone, w.host) {
		readers.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, item := range about[u.name] {
				for range 20 {
					if u.read(item).outcome != unknown {
						break
					}
				}
			}
			for range 5 {
				u.readSetting()
			}
		})
	}
	readers.Wait()
}

// askAll queries the queue at every server, and records what they show.
func (w *world) askAll() {
	for n, s := range w.servers {
		var got struct {
			Room struct {
				Queue struct {
					Version int64
					Items   []queued
				}
			}
		}
		outcome, _ := request(s.address, w.host.token, `query($r: ID!) { room(id: $r) { queue { version items { `+
			queuedFields+` } } } }`, map[string]any{"r": w.room}, &got)
		if queue := got.Room.Queue; outcome == done {
			w.asked[n].saw[queue.Version] = show(queue.Items)
			w.asked[n].versions = append(w.asked[n].versions, queue.Version)
		}
	}
}

// keepAsking calls askAll again and again until ctx ends.
func (w *world) keepAsking(ctx context.Context) {
	for ctx.Err() == nil {
		w.askAll()
		time.Sleep(300 * time.Millisecond)
	}
}

// meet waits until each follower has seen, for each server, a version of the queue that a query at this server has
// shown after the end. It returns all observers, and a message for each follower and server where this never happened.
func (w *world) meet() (observers []*observer, lagging []string) {
	var asked []*observer // the versions that queries show from now on, by server
	for _, o := range w.asked {
		asked = append(asked, &observer{name: o.name})
	}
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(time.Second) {
		lagging = nil
		w.askAll()
		for n, o := range w.asked {
			asked[n].versions = append(asked[n].versions, o.versions[max(0, len(o.versions)-1):]...)
		}
		for _, f := range w.follower {
			for _, o := range asked {
				if !slices.ContainsFunc(o.versions, func(v int64) bool { _, ok := f.sawVersion(v); return ok }) {
					lagging = append(lagging, fmt.Sprintf("%s is at version %d and has not seen any of %v, which %s shows", f.name,
						f.version(), o.versions[max(0, len(o.versions)-5):], o.name))
				}
			}
		}
		if len(lagging) == 0 || time.Now().After(deadline) {
			break
		}
	}
	for _, f := range w.follower {
		observers = append(observers, &f.observer)
	}
	return append(observers, w.asked...), lagging
}
