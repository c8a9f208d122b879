package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

const (
	eveningLasts = 4 * time.Hour
	atFirst      = 60  // guests who come in the first twenty minutes
	inAll        = 100 // the others come one by one, until an hour before the end
	friends      = 10  // the first guests like all that the others of them add
)

// crowd is a party of a hundred guests, each with a mood, and a host who looks after the house.
type crowd struct {
	*fixture
	dice    *rand.Rand
	songs   []sim.Track
	guests  []*reveller
	judge   *judge
	did     map[string]int
	refused map[string]int
}

// reveller is a guest. Chances are for each minute.
type reveller struct {
	ctx    context.Context
	id     string
	friend bool
	adds   float64
	likes  float64
	stays  time.Duration
	leave  func()
}

func newCrowd(t testing.TB, database string, mode party.OrderMode, seed uint64) *crowd {
	w := newWorld(t)
	w.alone, w.database = true, database
	c := &crowd{dice: rand.New(rand.NewPCG(seed, 3)), did: map[string]int{}, refused: map[string]int{}}
	c.fixture = w.open(w.start("one"), options{settings: party.SettingsChange{
		OrderMode: &mode, MaxQueuedPerGuest: new(4), AddsPerHour: new(6), CooldownMinutes: new(60), MaxQueueLength: new(150),
		SkipVotePercent: new(20), RequireApproval: new(true), TrustedAfter: new(2),
	}})
	c.songs = w.spotify.Catalogue()
	c.dice.Shuffle(len(c.songs), func(i, j int) { c.songs[i], c.songs[j] = c.songs[j], c.songs[i] }) // the most popular first
	c.judge = newJudge(c)
	c.countsWhoIsThere()
	return c
}

// countsWhoIsThere is what a server does all the time.
func (c *crowd) countsWhoIsThere() {
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.server.RunPresence(ctx) }()
	c.t.Cleanup(func() {
		cancel()
		must(c.t, <-ended)
	})
}

// evening is four hours, minute by minute.
func (c *crowd) evening() {
	for minute := range int(eveningLasts / time.Minute) {
		begins := time.Now()
		c.come(minute)
		for _, g := range c.guests {
			if g.leave != nil {
				c.live(g)
			}
		}
		c.hosts(minute)
		time.Sleep(time.Until(begins.Add(time.Minute)))
	}
}

// come lets in who comes in this minute.
func (c *crowd) come(minute int) {
	expected := 3 * (minute + 1)
	if minute >= 20 {
		expected = min(inAll, atFirst+(minute-20)/4)
	}
	for len(c.guests) < expected {
		c.guests = append(c.guests, c.newcomer(len(c.guests)))
	}
}

// newcomer is a guest with a mood: friends, who hold together; the greedy, who add whenever they may; and everybody else.
func (c *crowd) newcomer(n int) *reveller {
	g := &reveller{ctx: c.join(fmt.Sprint("Guest ", n)), adds: 0.03, likes: 0.15, stays: time.Duration(90+c.dice.IntN(150)) * time.Minute}
	switch {
	case n < friends:
		g.friend, g.adds, g.stays = true, 0.1, eveningLasts
	case n%8 == 0:
		g.adds = 0.5
	}
	id, leave, err := c.server.Connect(g.ctx, c.room.ID)
	must(c.t, err)
	g.id, g.leave = id, leave
	c.t.Cleanup(leave)
	return g
}

// live is what a guest does in a minute.
func (c *crowd) live(g *reveller) {
	time.Sleep(time.Duration(100+c.dice.IntN(300)) * time.Millisecond)
	if g.stays -= time.Minute; g.stays <= 0 {
		g.leave()
		g.leave = nil
		return
	}
	if c.chance(g.adds) {
		c.adds(g)
	}
	if c.chance(g.likes) {
		c.likes(g)
	}
	if g.friend {
		c.likesFriends(g)
	}
	if c.chance(0.05) {
		c.votes(g)
	}
	if c.chance(0.005) {
		c.withdraws(g)
	}
}

func (c *crowd) chance(p float64) bool { return c.dice.Float64() < p }

// notes counts what somebody did; a refusal is no fault, but anything else is.
func (c *crowd) notes(what string, err error) bool {
	c.t.Helper()
	var refusal *party.Error
	switch {
	case err == nil:
		c.did[what]++
	case errors.As(err, &refusal) && refusal.Code == party.Refused:
		c.refused[what+": "+string(refusal.Reason)]++
	case party.CodeOf(err) == party.Conflict || party.CodeOf(err) == party.NotFound: // somebody else, or the player, was faster
		c.refused[what+": "+string(party.CodeOf(err))]++
	default:
		c.t.Errorf("%s: %v", what, err)
	}
	return err == nil
}

// adds is a song that many know, more often than one that few do.
func (c *crowd) adds(g *reveller) {
	track := c.songs[int(c.dice.Float64()*c.dice.Float64()*float64(len(c.songs)))]
	added, err := c.server.AddSong(g.ctx, c.room.ID, track.URI, nil)
	if !c.notes("adds", err) {
		return
	}
	if added.AlreadyQueued {
		c.did["adds what is there"]++
		c.judge.liked(g, added.Item.ID)
		return
	}
	c.judge.added(g, added.Item)
	if c.chance(0.04) {
		time.Sleep(time.Second)
		_, err := c.server.Undo(g.ctx, c.room.ID, nil)
		if c.notes("takes back what was added", err) {
			c.judge.tookBack(g, added.Item.ID)
		}
	}
}

// likes is one of the songs at the top of the queue, which people see.
func (c *crowd) likes(g *reveller) {
	if queue := c.judge.queue(); len(queue) > 0 {
		c.like(g, queue[c.dice.IntN(min(30, len(queue)))])
	}
}

func (c *crowd) like(g *reveller, item *party.QueueItem) {
	_, err := c.server.LikeQueueItem(g.ctx, item.ID, nil)
	if c.notes("likes", err) {
		c.judge.liked(g, item.ID)
	}
}

func (c *crowd) likesFriends(g *reveller) {
	for _, item := range c.judge.queue() {
		if by := item.AddedBy; by != nil && by.ID != g.id && c.isFriend(by.ID) && !c.judge.likes(g, item.ID) {
			c.like(g, item)
		}
	}
}

func (c *crowd) isFriend(id string) bool {
	return slices.ContainsFunc(c.guests[:min(friends, len(c.guests))], func(g *reveller) bool { return g.id == id })
}

// votes is what the dice are loaded for: of some songs nearly everybody has had enough.
func (c *crowd) votes(g *reveller) {
	playing := c.judge.playing()
	if playing == nil || playing.Song.DurationMS%7 != 0 {
		return
	}
	for _, other := range append(c.guests[:0:0], c.guests...) {
		if other == g || other.leave != nil && c.chance(0.3) {
			_, err := c.server.VoteToSkip(other.ctx, c.room.ID, nil)
			if c.notes("votes", err) {
				c.judge.voted(other)
			}
		}
	}
}

func (c *crowd) withdraws(g *reveller) {
	own := slices.DeleteFunc(c.judge.queue(), func(i *party.QueueItem) bool { return i.AddedBy == nil || i.AddedBy.ID != g.id })
	if len(own) == 0 {
		return
	}
	item := own[c.dice.IntN(len(own))]
	_, err := c.server.RemoveQueueItem(g.ctx, item.ID, nil)
	if !c.notes("withdraws", err) {
		return
	}
	c.judge.withdrew(item.ID)
	if c.chance(0.2) {
		_, err := c.server.Undo(g.ctx, c.room.ID, nil)
		c.notes("takes a withdrawal back", err)
	}
}

// hosts is what the host does: every other minute what waits is approved, and now and then the house gets another rule.
func (c *crowd) hosts(minute int) {
	if minute%2 == 0 {
		c.approves()
	}
	settle := func(change party.SettingsChange) {
		_, err := c.server.UpdateRoom(c.host, c.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
		c.notes("changes a rule", err)
	}
	switch minute {
	case 45:
		c.clearsAndTakesItBack()
	case 60:
		settle(party.SettingsChange{AllowExplicit: new(bool)})
	case 75, 105, 135, 165:
		c.pins()
	case 90:
		settle(party.SettingsChange{Blocked: []string{c.songs[0].URI, c.songs[1].URI}})
	case 120:
		settle(party.SettingsChange{MaxSongSeconds: new(240)})
	case 150:
		settle(party.SettingsChange{MaxSongSeconds: new(0), RequireApproval: new(false)})
	case 200:
		at := time.Now().Add(10 * time.Minute)
		settle(party.SettingsChange{LastCallAt: &at})
	}
}

func (c *crowd) approves() {
	for _, item := range c.judge.awaiting() {
		if c.chance(0.1) {
			_, err := c.server.RemoveQueueItem(c.host, item.ID, nil)
			c.notes("refuses a newcomer's song", err)
			continue
		}
		_, err := c.server.ApproveItem(c.host, item.ID)
		if c.notes("approves", err) {
			c.judge.approved(item)
		}
	}
}

func (c *crowd) pins() {
	queue := c.judge.queue()
	if len(queue) < 20 {
		return
	}
	until, likes := party.UntilPlayed, (*int)(nil)
	if c.chance(0.5) {
		until, likes = party.UntilOvertaken, new(5)
	}
	_, err := c.server.PinItem(c.host, queue[10+c.dice.IntN(10)].ID, 2, until, likes)
	c.notes("pins "+string(until), err)
}

func (c *crowd) clearsAndTakesItBack() {
	before := len(c.judge.queue())
	_, err := c.server.ClearQueue(c.host, c.room.ID, nil)
	c.notes("clears the queue", err)
	time.Sleep(10 * time.Second)
	_, err = c.server.Undo(c.host, c.room.ID, nil)
	c.notes("takes it back", err)
	time.Sleep(time.Second)
	if after := len(c.judge.queue()); after < before-1 {
		c.t.Errorf("of %d songs %d came back", before, after)
	}
}
