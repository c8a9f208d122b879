package party_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"antwon.dj/backend/internal/party"
)

// by returns a song in this state, added by the user with this name, which is also the id.
func by(name string, state party.QueueItemState, likes int) *party.QueueItem {
	item := &party.QueueItem{ID: "song of " + name, State: state, LikeCount: likes}
	if name != "" {
		item.AddedBy = &party.Participant{User: party.User{ID: name}}
	}
	return item
}

func TestAffectedSinceFindsAffectedUsers(t *testing.T) {
	const queued, committed, playing, removed = party.Queued, party.Committed, party.NowPlaying, party.Removed
	type items = []*party.QueueItem
	for name, c := range map[string]struct {
		before, changed items
		closes          bool
		hinted          []string
		unknown         bool // hints were lost
		want            string
	}{
		"users named by hints": {
			before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 1)},
			hinted: []string{"cleo"}, want: "cleo",
		},
		"nobody": {before: items{by("ann", queued, 2)}, hinted: []string{}},
		"everybody, when hints were lost": {
			before: items{by("ann", queued, 2)}, unknown: true, want: "ann bob cleo dave",
		},
		"the owners of the new head and of the old one": {
			before: items{by("ann", queued, 2), by("bob", queued, 0)}, changed: items{by("bob", queued, 3)},
			hinted: []string{"cleo"}, want: "ann bob cleo",
		},
		"the owner of the first song in an empty queue": {
			changed: items{by("ann", queued, 0)}, hinted: []string{"ann"}, want: "ann",
		},
		"the owner of the last song in the queue": {
			before: items{by("ann", queued, 0)}, changed: items{by("ann", removed, 0)}, hinted: []string{}, want: "ann",
		},
		"nobody, when a fallback song becomes the head": {changed: items{by("", queued, 0)}, hinted: []string{}},
		"everybody, when a song is committed": {
			before: items{by("ann", queued, 0)}, changed: items{by("ann", committed, 0)}, hinted: []string{},
			want: "ann bob cleo dave",
		},
		"everybody, when a committed song returns to the queue": {
			before: items{by("ann", committed, 0)}, changed: items{by("ann", queued, 0)}, hinted: []string{},
			want: "ann bob cleo dave",
		},
		"everybody, when a song starts": {
			before: items{by("ann", queued, 0)}, changed: items{by("ann", playing, 0)}, hinted: []string{},
			want: "ann bob cleo dave",
		},
		"everybody, when the room closes": {
			before: items{by("ann", queued, 0)}, closes: true, hinted: []string{}, want: "ann bob cleo dave",
		},
	} {
		t.Run(name, func(t *testing.T) {
			status := party.Open
			if c.closes {
				status = party.Closed
			}
			before := party.NextState(nil, 4, party.Open, c.before, party.Affected{})
			after := party.NextState(before, 7, status, c.changed, party.Affected{Users: c.hinted, Everybody: c.unknown})
			var affected []string
			for _, user := range []string{"ann", "bob", "cleo", "dave"} {
				if before.AffectedSince(user) != 4 {
					t.Errorf("in the first state %s is affected since %d, want 4", user, before.AffectedSince(user))
				}
				switch after.AffectedSince(user) {
				case 7:
					affected = append(affected, user)
				case 4:
				default:
					t.Errorf("%s is affected since %d, want 4 or 7", user, after.AffectedSince(user))
				}
			}
			if got := strings.Join(affected, " "); got != c.want {
				t.Errorf("affected users are %q, want %q", got, c.want)
			}
		})
	}
}

func TestRememberedAffectedStepsAreBounded(t *testing.T) {
	affecting := func(users ...string) party.Affected { return party.Affected{Users: users} }
	state := party.NextState(nil, 1, party.Open, nil, party.Affected{})
	state = party.NextState(state, 2, party.Open, nil, affecting("ann"))
	for version := int64(3); version <= 65; version++ {
		state = party.NextState(state, version, party.Open, nil, affecting("bob"))
	}
	check := func(s *party.State, ann, bob, other int64) {
		t.Helper()
		for user, want := range map[string]int64{"ann": ann, "bob": bob, "other": other} {
			if got := s.AffectedSince(user); got != want {
				t.Errorf("version %d: %s is affected since %d, want %d", s.Version, user, got, want)
			}
		}
	}
	check(state, 2, 65, 1)
	quiet := party.NextState(state, 66, party.Open, nil, affecting())
	check(quiet, 2, 65, 1)
	one := party.NextState(quiet, 67, party.Open, nil, affecting("cleo"))
	other := party.NextState(quiet, 68, party.Open, nil, affecting("bob"))
	check(one, 2, 65, 2) // ann's step is forgotten: anybody may have been affected at 2
	check(other, 2, 68, 2)
	check(state, 2, 65, 1)
	check(party.NextState(other, 70, party.Open, nil, party.Affected{Everybody: true}), 70, 70, 70)
}

// BenchmarkAffectedSince asks a state that remembers as many steps as it can about a user that none of them affected.
func BenchmarkAffectedSince(b *testing.B) {
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
