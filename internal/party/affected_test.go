package party_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"antwon.dj/backend/internal/party"
)

// by is a song in some state, added by somebody whose id is their name.
func by(name string, state party.QueueItemState, likes int) *party.QueueItem {
	item := &party.QueueItem{ID: "song of " + name, State: state, LikeCount: likes}
	if name != "" {
		item.AddedBy = &party.User{ID: name}
	}
	return item
}

func TestWhomAChangeConcerns(t *testing.T) {
	const queued, committed, playing, removed = party.Queued, party.Committed, party.NowPlaying, party.Removed
	type items = []*party.QueueItem
	for name, c := range map[string]struct {
		before, changed items
		closes          bool
		hinted          []string
		unknown         bool // hints were lost
		want            string
	}{
		"whom the hints name":                  {before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 1)}, hinted: []string{"cleo"}, want: "cleo"},
		"nobody":                               {before: items{by("ann", queued, 2)}, hinted: []string{}},
		"everybody, when hints were lost":      {before: items{by("ann", queued, 2)}, unknown: true, want: "ann bob cleo dave"},
		"who stands first now, and who did":    {before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 3)}, hinted: []string{"cleo"}, want: "ann bob cleo"},
		"who is the first in an empty queue":   {changed: items{by("ann", queued, 0)}, hinted: []string{"ann"}, want: "ann"},
		"who was the last in the queue":        {before: items{by("ann", queued, 0)}, changed: items{by("ann", removed, 0)}, hinted: []string{}, want: "ann"},
		"nobody, when fallback music is first": {changed: items{by("", queued, 0)}, hinted: []string{}},
		"everybody, when a song is committed":  {before: items{by("ann", queued, 0)}, changed: items{by("ann", committed, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when it is returned":       {before: items{by("ann", committed, 0)}, changed: items{by("ann", queued, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when a song starts":        {before: items{by("ann", queued, 0)}, changed: items{by("ann", playing, 0)}, hinted: []string{}, want: "ann bob cleo dave"},
		"everybody, when the room closes":      {before: items{by("ann", queued, 0)}, closes: true, hinted: []string{}, want: "ann bob cleo dave"},
	} {
		t.Run(name, func(t *testing.T) {
			status := party.Open
			if c.closes {
				status = party.Closed
			}
			before := party.NextState(nil, 4, party.Open, c.before, party.Affected{})
			after := party.NextState(before, 7, status, c.changed, party.Affected{Users: c.hinted, Everybody: c.unknown})
			var concerned []string
			for _, user := range []string{"ann", "bob", "cleo", "dave"} {
				if before.AffectedSince(user) != 4 {
					t.Errorf("the first state says %d to %s, want its version", before.AffectedSince(user), user)
				}
				switch after.AffectedSince(user) {
				case 7:
					concerned = append(concerned, user)
				case 4:
				default:
					t.Errorf("%s: %d", user, after.AffectedSince(user))
				}
			}
			if got := strings.Join(concerned, " "); got != c.want {
				t.Errorf("it concerns %q, want %q", got, c.want)
			}
		})
	}
}

func TestStateRemembersOnlySoManyConcerns(t *testing.T) {
	concerning := func(users ...string) party.Affected { return party.Affected{Users: users} }
	state := party.NextState(nil, 1, party.Open, nil, party.Affected{})
	state = party.NextState(state, 2, party.Open, nil, concerning("ann"))
	for version := int64(3); version <= 65; version++ {
		state = party.NextState(state, version, party.Open, nil, concerning("bob"))
	}
	check := func(s *party.State, ann, bob, other int64) {
		t.Helper()
		if s.AffectedSince("ann") != ann || s.AffectedSince("bob") != bob || s.AffectedSince("other") != other {
			t.Errorf("ann %d, bob %d, other %d; want %d, %d, %d", s.AffectedSince("ann"), s.AffectedSince("bob"), s.AffectedSince("other"), ann, bob, other)
		}
	}
	check(state, 2, 65, 1)
	quiet := party.NextState(state, 66, party.Open, nil, concerning())
	check(quiet, 2, 65, 1)
	one := party.NextState(quiet, 67, party.Open, nil, concerning("cleo"))
	other := party.NextState(quiet, 68, party.Open, nil, concerning("bob"))
	check(one, 2, 65, 2) // ann's is forgotten: everybody may have been concerned at 2
	check(other, 2, 68, 2)
	check(state, 2, 65, 1)
	check(party.NextState(other, 70, party.Open, nil, party.Affected{Everybody: true}), 70, 70, 70)
}

// BenchmarkConcerned asks a state that remembers as much as it can on behalf of somebody whom none of it concerned.
func BenchmarkConcerned(b *testing.B) {
	state := party.NextState(nil, 1, party.Open, nil, party.Affected{})
	for version := int64(2); version <= 65; version++ {
		var users []string
		for range 32 {
			users = append(users, uuid.Must(uuid.NewV7()).String())
		}
		slices.Sort(users)
		state = party.NextState(state, version, party.Open, nil, party.Affected{Users: users})
	}
	other := uuid.Must(uuid.NewV7()).String()
	b.ReportAllocs()
	for b.Loop() {
		if state.AffectedSince(other) != 1 {
			b.Fatal(state.AffectedSince(other))
		}
	}
}
