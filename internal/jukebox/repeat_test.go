package jukebox_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// repeatable is a mutation with an idempotency key. by are the roles that may send it, and send sends it, with its
// usual arguments or with others.
type repeatable struct {
	by   []string
	send func(*fixture, *stage, call) (answer any, err error)
}

type call struct {
	who    context.Context
	key    *string
	others bool
}

// stage is what mutations are tried on: two rooms with the same members, in each of which a song plays and others wait.
type stage struct {
	rooms        [2]string
	songs, liked [2]string // in the first room; all added by the guest, who likes two of them
	cast         map[string]context.Context
	voted        bool // the guest has voted to skip the song that plays in the first room
}

var repeatables = map[string]repeatable{
	"createRoom": {[]string{"newcomer"}, func(p *fixture, _ *stage, c call) (any, error) {
		settings := &party.SettingsChange{AllowExplicit: &c.others, Blocked: []string{uri(9)}}
		return p.CreateRoom(c.who, jukebox.RoomInput{Settings: settings}, c.key)
	}},
	"updateRoom": {[]string{"host"}, func(p *fixture, s *stage, c call) (any, error) {
		settings := &party.SettingsChange{AllowExplicit: &c.others, Blocked: []string{uri(9)}}
		return p.UpdateRoom(c.who, s.rooms[0], jukebox.RoomUpdate{Settings: settings}, c.key)
	}},
	"closeRoom": {[]string{"host"}, func(p *fixture, s *stage, c call) (any, error) {
		if !c.others {
			return p.CloseRoom(c.who, s.rooms[0], c.key)
		}
		next, err := p.CreateRoom(c.who, jukebox.RoomInput{}, nil)
		p.must(err)
		return p.CloseRoom(c.who, next.ID, c.key)
	}},
	"addSong": {[]string{"guest", "host"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.AddSong(c.who, s.rooms[0], uri(20+pick([2]int{0, 1}, c.others)), c.key)
	}},
	"removeQueueItem": {[]string{"guest", "host"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.RemoveQueueItem(c.who, pick(s.songs, c.others), c.key)
	}},
	"clearQueue": {[]string{"host"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.ClearQueue(c.who, pick(s.rooms, c.others), c.key)
	}},
	"removeGuestSongs": {[]string{"host"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.RemoveGuestSongs(c.who, pick(s.rooms, c.others), p.id(s.cast["guest"]), c.key)
	}},
	"likeQueueItem": {[]string{"guest", "host"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.LikeQueueItem(c.who, pick(s.songs, c.others), c.key)
	}},
	"unlikeQueueItem": {[]string{"guest"}, func(p *fixture, s *stage, c call) (any, error) {
		return p.UnlikeQueueItem(c.who, pick(s.liked, c.others), c.key)
	}},
	"skipSong": {[]string{"host"}, func(p *fixture, s *stage, c call) (any, error) {
		room := pick(s.rooms, c.others)
		return p.whileAnswering(room, func() (*party.Playback, error) { return p.SkipSong(c.who, room, c.key) })
	}},
	"voteToSkip": {[]string{"guest", "host"}, func(p *fixture, s *stage, c call) (any, error) {
		room := pick(s.rooms, c.others)
		return p.whileAnswering(room, func() (*party.Playback, error) { return p.VoteToSkip(c.who, room, c.key) })
	}},
	"withdrawSkipVote": {[]string{"guest"}, func(p *fixture, s *stage, c call) (any, error) {
		if !s.voted {
			p.must(second(p.VoteToSkip(c.who, s.rooms[0], nil)))
			s.voted = true
		}
		return p.WithdrawSkipVote(c.who, pick(s.rooms, c.others), c.key)
	}},
}

// addsInTheNameOfOthers are addSong with an argument that only hosts may give.
var addsInTheNameOfOthers = map[string]func(*fixture, *stage, call) (any, error){
	"forUserId": func(p *fixture, s *stage, c call) (any, error) {
		of := p.id(s.cast[pick([2]string{"guest", "somebody else"}, c.others)])
		return p.AddSongFor(c.who, s.rooms[0], uri(20), &of, nil, c.key)
	},
	"forName": func(p *fixture, s *stage, c call) (any, error) {
		of := pick([2]string{"Oma", "Opa"}, c.others)
		return p.AddSongFor(c.who, s.rooms[0], uri(20), nil, &of, c.key)
	},
}

func pick[T any](usualAndOther [2]T, others bool) T {
	if others {
		return usualAndOther[1]
	}
	return usualAndOther[0]
}

// TestEveryMutationWithAKeyIsSafeToRepeat tries what the schema promises of each mutation that takes a key: sent again,
// it does nothing and returns the same answer, even while Spotify is down; with other arguments it is a Conflict; the
// same key of another user is a different key.
func TestEveryMutationWithAKeyIsSafeToRepeat(t *testing.T) {
	promised := mutationsWithAKey(t)
	if tried := slices.Sorted(maps.Keys(repeatables)); !slices.Equal(promised, tried) {
		t.Fatalf("these mutations take a key: %v\nthese are tried: %v", promised, tried)
	}
	onBothInBubble(t, func(p *fixture) {
		for _, name := range promised {
			for _, role := range repeatables[name].by {
				p.isSafeToRepeat(name+" by a "+role, role, repeatables[name].send)
			}
		}
		for argument, send := range addsInTheNameOfOthers {
			p.isSafeToRepeat("addSong with "+argument, "host", send)
		}
	})
}

func mutationsWithAKey(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range gqlparser.MustLoadSchema(&ast.Source{Input: string(text)}).Mutation.Fields {
		if field.Arguments.ForName("idempotencyKey") != nil {
			names = append(names, field.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (p *fixture) isSafeToRepeat(what, role string, send func(*fixture, *stage, call) (any, error)) {
	p.Helper()
	s, key := p.stage(), pointer("a key")
	first, err := send(p, s, call{s.cast[role], key, false})
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}

	before := p.everything()
	p.ForgetFetched()
	p.catalog.down = &party.Error{Code: party.UpstreamUnavailable, Message: "Spotify does not answer"}
	again, err := send(p, s, call{s.cast[role], key, false})
	p.catalog.down = nil
	if err != nil {
		p.Fatalf("%s, sent again: %v", what, err)
	}
	if !reflect.DeepEqual(again, first) {
		p.Errorf("%s, sent again, answers\n%+v\nwant the first answer\n%+v", what, again, first)
	}
	if after := p.everything(); after != before {
		p.Errorf("%s, sent again, left\n%s, and there was\n%s", what, after, before)
	}

	_, err = send(p, s, call{s.cast[role], key, true})
	if refusal := p.wants(party.Conflict, err); !strings.Contains(refusal.Message, "idempotency key") {
		p.Errorf("%s with other arguments: %v", what, err)
	}
	if _, err := send(p, s, call{s.cast["somebody else"], key, true}); err != nil {
		p.Errorf("%s by somebody else with the same key: %v", what, err)
	}
}

// stage returns a new stage. Its cast also has "somebody else", a co-host of both rooms.
func (p *fixture) stage() *stage {
	p.Helper()
	s := &stage{cast: map[string]context.Context{
		"host": p.newHost("Hanna"), "somebody else": p.newHost("Sam"), "newcomer": p.newHost("Nora"),
	}}
	hosts := []context.Context{s.cast["host"], p.newHost("Otto")}
	for i, host := range hosts {
		here := *p
		var err error
		here.host = host
		here.room, err = p.CreateRoom(host, jukebox.RoomInput{}, nil)
		p.must(err)
		s.rooms[i] = here.room.ID
		if i == 0 {
			s.cast["guest"] = here.join("Gina")
		}
		for name, role := range map[string]party.Role{
			"guest": party.RoleGuest, "host": party.RoleCohost, "somebody else": party.RoleCohost,
		} {
			if who := s.cast[name]; who != host {
				_, err := p.JoinRoom(who, here.room.Code, name)
				p.must(err)
				_, err = p.SetRole(host, here.room.ID, p.id(who), role)
				p.must(err)
			}
		}
		here.arrive(s.cast["guest"]) // who may vote on what plays from now on
		here.play(10)
		if i == 0 {
			for n := range 2 {
				s.songs[n], s.liked[n] = here.add(s.cast["guest"], 1+n).ID, here.add(s.cast["guest"], 3+n).ID
				p.must(second(p.LikeQueueItem(s.cast["guest"], s.liked[n], nil)))
			}
		}
	}
	time.Sleep(time.Minute) // the songs may be voted on
	return s
}

// whileAnswering answers the player's commands in a room until a call returns.
func (p *fixture) whileAnswering(
	roomID string, call func() (*party.Playback, error),
) (playback *party.Playback, err error) {
	p.Helper()
	here := *p
	here.room = &party.Room{ID: roomID}
	returned := make(chan struct{})
	go func() {
		playback, err = call()
		close(returned)
	}()
	p.eventually(func() bool {
		for _, command := range here.state().PendingCommands {
			here.step(party.PlaybackStep{Answered: &party.Answer{CommandID: command.ID}})
		}
		select {
		case <-returned:
			return true
		default:
			return false
		}
	})
	return playback, err
}

// everything counts the rows of each table and adds the versions of rooms, which shows any change.
func (p *fixture) everything() string {
	p.Helper()
	rows, err := jukebox.Rows(p.Context(), p.store)
	p.must(err)
	versions, err := jukebox.Count(p.Context(), p.store, "SELECT SUM(version) FROM rooms")
	p.must(err)
	return fmt.Sprint(rows, ", versions ", versions)
}

// Two requests use the same key at the same time for different mutations. The one that stores it later is refused, and
// nothing of it remains, although it had run before the other one was committed.
func TestKeyThatIsUsedConcurrentlyRefusesTheLaterMutation(t *testing.T) {
	p := newParty(t, testdb.MySQL(t))
	gina, key := p.join("Gina"), "key"
	commit, err := jukebox.StoreKey(p.Context(), p.store, idOf(gina), key, "likeQueueItem")
	p.must(err)
	added := make(chan error, 1)
	go func() { added <- second(p.AddSong(gina, p.room.ID, uri(1), &key)) }()
	p.eventually(func() bool { // the second waits for the first, at the row of the key
		n, err := jukebox.Count(p.Context(), p.store, "SELECT COUNT(*) FROM information_schema.processlist "+
			"WHERE db = DATABASE() AND info LIKE '%`idempotency_keys`%' AND info NOT LIKE '%processlist%'")
		p.must(err)
		return n > 0
	})
	p.must(commit())
	p.wants(party.Conflict, <-added)
	p.expect("the queue", p.queue(), "")
	again := second(p.AddSong(gina, p.room.ID, uri(1), &key))
	if refused := p.wants(party.Conflict, again); !strings.Contains(refused.Message, "was used for another request") {
		t.Errorf("told %q", refused.Message)
	}
}
