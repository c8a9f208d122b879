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
	earlyGuests = 60  // join in the first twenty minutes
	allGuests   = 100 // the others join one by one, for another 160 minutes
	friends     = 10  // the first guests, who like all songs of one another
)

// crowd is a party with a hundred guests, who have different habits, and a host who changes settings.
type crowd struct {
	*fixture
	dice    *rand.Rand
	songs   []sim.Track
	guests  []*crowdGuest
	checker *checker
	did     map[string]int // how often each act succeeded
	refused map[string]int // how often each act was refused, by reason
}

// crowdGuest is a guest of a crowd. Its habits are probabilities for each minute.
type crowdGuest struct {
	ctx    context.Context
	id     string
	friend bool
	adds   float64
	likes  float64
	stays  time.Duration // until the guest leaves
	leave  func()        // ends the guest's presence; nil: the guest has left
}

// newCrowd opens a room with all rules switched on. The same seed gives the same guests and the same acts.
func newCrowd(t testing.TB, database string, mode party.OrderMode, seed uint64) *crowd {
	w := newWorld(t)
	w.oneServer, w.database = true, database
	c := &crowd{dice: rand.New(rand.NewPCG(seed, 3)), did: map[string]int{}, refused: map[string]int{}}
	c.fixture = w.open(w.start("one"), options{settings: party.SettingsChange{
		OrderMode: &mode, MaxQueuedPerGuest: new(4), AddsPerHour: new(6), CooldownMinutes: new(60), MaxQueueLength: new(150),
		SkipVotePercent: new(20), RequireApproval: new(true), TrustedAfter: new(2),
	}})
	c.songs = w.spotify.Catalogue()
	// the first songs of the shuffled list are the most popular
	c.dice.Shuffle(len(c.songs), func(i, j int) { c.songs[i], c.songs[j] = c.songs[j], c.songs[i] })
	c.checker = newChecker(c)
	c.runPresence()
	return c
}

// runPresence runs the loop by which a server records presence.
func (c *crowd) runPresence() {
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.server.RunPresence(ctx) }()
	c.t.Cleanup(func() {
		cancel()
		must(c.t, <-ended)
	})
}

// run plays the whole party, minute by minute.
func (c *crowd) run() {
	for minute := range int(crowdLasts / time.Minute) {
		began := time.Now()
		c.joinGuests(minute)
		for _, g := range c.guests {
			if g.leave != nil {
				c.actAs(g)
			}
		}
		c.actAsHost(minute)
		time.Sleep(time.Until(began.Add(time.Minute)))
	}
}

// joinGuests adds the guests who join in this minute.
func (c *crowd) joinGuests(minute int) {
	expected := 3 * (minute + 1)
	if minute >= 20 {
		expected = min(allGuests, earlyGuests+(minute-20)/4)
	}
	for len(c.guests) < expected {
		c.guests = append(c.guests, c.newGuest(len(c.guests)))
	}
}

// newGuest adds the nth guest. The first ones are friends; every eighth adds songs whenever the rules allow it; the
// others are moderate.
func (c *crowd) newGuest(n int) *crowdGuest {
	g := &crowdGuest{ctx: c.join(fmt.Sprint("Guest ", n)), adds: 0.03, likes: 0.15}
	g.stays = time.Duration(90+c.dice.IntN(150)) * time.Minute
	switch {
	case n < friends:
		g.friend, g.adds, g.stays = true, 0.1, crowdLasts
	case n%8 == 0:
		g.adds = 0.5
	}
	id, leave, err := c.server.Connect(g.ctx, c.room.ID)
	must(c.t, err)
	g.id, g.leave = id, leave
	c.t.Cleanup(leave)
	return g
}

// actAs does what a guest does within one minute.
func (c *crowd) actAs(g *crowdGuest) {
	time.Sleep(time.Duration(100+c.dice.IntN(300)) * time.Millisecond)
	if g.stays -= time.Minute; g.stays <= 0 {
		g.leave()
		g.leave = nil
		return
	}
	if c.chance(g.adds) {
		c.addSong(g)
	}
	if c.chance(g.likes) {
		c.likeSong(g)
	}
	if g.friend {
		c.likeFriendsSongs(g)
	}
	if c.chance(0.05) {
		c.voteToSkip(g)
	}
	if c.chance(0.005) {
		c.withdrawSong(g)
	}
}

// chance returns true with probability p.
func (c *crowd) chance(p float64) bool { return c.dice.Float64() < p }

// count counts the outcome of an act, and reports whether it succeeded. A refusal is no failure, but any other error
// fails the test.
func (c *crowd) count(what string, err error) bool {
	c.t.Helper()
	var refusal *party.Error
	switch {
	case err == nil:
		c.did[what]++
	case errors.As(err, &refusal) && refusal.Code == party.Refused:
		c.refused[what+": "+string(refusal.Reason)]++
	// another member or the player has changed the room just before
	case party.CodeOf(err) == party.Conflict || party.CodeOf(err) == party.NotFound:
		c.refused[what+": "+string(party.CodeOf(err))]++
	default:
		c.t.Errorf("%s: %v", what, err)
	}
	return err == nil
}

// addSong adds a song, more often a popular one than another, and sometimes undoes that.
func (c *crowd) addSong(g *crowdGuest) {
	track := c.songs[int(c.dice.Float64()*c.dice.Float64()*float64(len(c.songs)))]
	added, err := c.server.AddSong(g.ctx, c.room.ID, track.URI, nil)
	if !c.count("adds", err) {
		return
	}
	if added.AlreadyQueued {
		c.did["adds a song that is queued"]++
		c.checker.liked(g, added.Item.ID)
		return
	}
	c.checker.added(g, added.Item)
	if c.chance(0.04) {
		time.Sleep(time.Second)
		_, err := c.server.Undo(g.ctx, c.room.ID, nil)
		if c.count("undoes an addition", err) {
			c.checker.undone(g, added.Item.ID)
		}
	}
}

// likeSong likes one of the first 30 songs of the queue, which guests see without scrolling.
func (c *crowd) likeSong(g *crowdGuest) {
	if queue := c.checker.queue(); len(queue) > 0 {
		c.like(g, queue[c.dice.IntN(min(30, len(queue)))])
	}
}

func (c *crowd) like(g *crowdGuest, item *party.QueueItem) {
	_, err := c.server.LikeQueueItem(g.ctx, item.ID, nil)
	if c.count("likes", err) {
		c.checker.liked(g, item.ID)
	}
}

// likeFriendsSongs likes all songs of a friend's friends.
func (c *crowd) likeFriendsSongs(g *crowdGuest) {
	for _, item := range c.checker.queue() {
		if by := item.AddedBy; by != nil && by.User.ID != g.id && c.isFriend(by.User.ID) && !c.checker.likes(g, item.ID) {
			c.like(g, item)
		}
	}
}

func (c *crowd) isFriend(id string) bool {
	return slices.ContainsFunc(c.guests[:min(friends, len(c.guests))], func(g *crowdGuest) bool { return g.id == id })
}

// voteToSkip votes to skip the current song, and makes others do so, too. Votes concentrate on some songs, so that
// these get enough of them.
func (c *crowd) voteToSkip(g *crowdGuest) {
	playing := c.checker.playing()
	if playing == nil || playing.Song.DurationMS%7 != 0 {
		return
	}
	for _, other := range append(c.guests[:0:0], c.guests...) {
		if other == g || other.leave != nil && c.chance(0.3) {
			_, err := c.server.VoteToSkip(other.ctx, c.room.ID, nil)
			if c.count("votes", err) {
				c.checker.voted(other)
			}
		}
	}
}

// withdrawSong withdraws one of the guest's songs, and sometimes undoes that.
func (c *crowd) withdrawSong(g *crowdGuest) {
	own := slices.DeleteFunc(
		c.checker.queue(), func(i *party.QueueItem) bool { return i.AddedBy == nil || i.AddedBy.User.ID != g.id },
	)
	if len(own) == 0 {
		return
	}
	item := own[c.dice.IntN(len(own))]
	_, err := c.server.RemoveQueueItem(g.ctx, item.ID, nil)
	if !c.count("withdraws", err) {
		return
	}
	c.checker.withdrawn(item.ID)
	if c.chance(0.2) {
		_, err := c.server.Undo(g.ctx, c.room.ID, nil)
		c.count("undoes a withdrawal", err)
	}
}

// actAsHost does what the host does within one minute: approve songs every other minute, and sometimes change a
// setting.
func (c *crowd) actAsHost(minute int) {
	if minute%2 == 0 {
		c.approveSongs()
	}
	updateSettings := func(change party.SettingsChange) {
		_, err := c.server.UpdateRoom(c.host, c.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
		c.count("updates the settings", err)
	}
	switch minute {
	case 45:
		c.clearAndUndo()
	case 60:
		updateSettings(party.SettingsChange{AllowExplicit: new(bool)})
	case 75, 105, 135, 165:
		c.pinSong()
	case 90:
		updateSettings(party.SettingsChange{Blocked: []string{c.songs[0].URI, c.songs[1].URI}})
	case 120:
		updateSettings(party.SettingsChange{MaxSongSeconds: new(240)})
	case 150:
		updateSettings(party.SettingsChange{MaxSongSeconds: new(0), RequireApproval: new(false)})
	case 200:
		at := time.Now().Add(10 * time.Minute)
		updateSettings(party.SettingsChange{LastCallAt: &at})
	}
}

// approveSongs approves or refuses all songs that await approval.
func (c *crowd) approveSongs() {
	for _, item := range c.checker.awaiting() {
		if c.chance(0.1) {
			_, err := c.server.RemoveQueueItem(c.host, item.ID, nil)
			c.count("refuses a newcomer's song", err)
			continue
		}
		_, err := c.server.ApproveItem(c.host, item.ID)
		if c.count("approves", err) {
			c.checker.approved(item)
		}
	}
}

// pinSong pins a song near the top of the queue.
func (c *crowd) pinSong() {
	queue := c.checker.queue()
	if len(queue) < 20 {
		return
	}
	until, likes := party.UntilPlayed, (*int)(nil)
	if c.chance(0.5) {
		until, likes = party.UntilOvertaken, new(5)
	}
	_, err := c.server.PinItem(c.host, queue[10+c.dice.IntN(10)].ID, 2, until, likes)
	c.count("pins "+string(until), err)
}

// clearAndUndo clears the queue, undoes that, and checks that the songs are back.
func (c *crowd) clearAndUndo() {
	before := len(c.checker.queue())
	_, err := c.server.ClearQueue(c.host, c.room.ID, nil)
	c.count("clears the queue", err)
	time.Sleep(10 * time.Second)
	_, err = c.server.Undo(c.host, c.room.ID, nil)
	c.count("undoes clearing the queue", err)
	time.Sleep(time.Second)
	if after := len(c.checker.queue()); after < before-1 {
		c.t.Errorf("after clearing a queue of %d songs and undoing that, %d songs wait", before, after)
	}
}
