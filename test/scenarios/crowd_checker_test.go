package scenarios_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// checker checks that a room keeps its rules. It watches the room as a screen does, and guests report to it what they
// have done. Its own implementation of the rules shares nothing with the program's.
type checker struct {
	t testing.TB
	c *crowd

	mu     sync.Mutex
	state  *party.State // the newest
	seen   int          // number of states seen
	songs  map[string]*checkedSong
	guests map[string]*guestRecord
	starts []*checkedSong // the songs that have started, in order
	over   time.Time      // when the party ended; zero: it goes on
}

// checkedSong is a song that was seen in the room, or that a guest has added.
type checkedSong struct {
	*party.QueueItem // as last seen
	addedAt          time.Time
	startedAt        time.Time
	owners           map[string]bool
	likers           map[string]bool
	voters           map[string]bool
	approved         bool
	uncounted        bool // withdrawn or undone: the checker no longer knows its likes
}

// guestRecord is what a checker knows of a guest.
type guestRecord struct {
	friend   bool
	askedAt  time.Time // when the first song was accepted
	bucket   float64   // how many songs may still be added
	filledAt time.Time
	played   int
	heardAt  time.Time // when the first song of the guest started
	lastTurn int       // the number of the state in which a song of the guest last started
	waits    string    // the id of the guest's oldest song that may play; empty: none

	waitsSince int // the number of the state since which that song has been waiting
}

// newChecker returns a checker that watches the room until the test ends.
func newChecker(c *crowd) *checker {
	t := c.t
	k := &checker{t: t, c: c, songs: map[string]*checkedSong{}, guests: map[string]*guestRecord{}}
	watcher, err := c.server.Watch(t.Context(), c.room.ID)
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			state, err := watcher.Next(context.Background())
			if err != nil {
				return // the watcher was closed
			}
			k.check(state)
		}
	}()
	t.Cleanup(func() {
		watcher.Close()
		<-ended
	})
	return k
}

// check checks a state of the room, and the change since the state before it.
func (k *checker) check(state *party.State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.state
	k.state = state
	k.seen++
	k.checkQueue(state)
	for _, item := range slices.Concat(state.Queue, state.Awaiting) {
		k.song(item)
	}
	if before == nil {
		return
	}
	if playing := state.NowPlaying; playing != nil && (before.NowPlaying == nil || before.NowPlaying.ID != playing.ID) {
		k.songStarted(playing)
	}
	if next := state.Committed(); next != nil && (before.Committed() == nil || before.Committed().ID != next.ID) {
		k.checkAllowed(next, state)
		k.checkOrder(next, before, state)
	}
	k.recordWaits(state)
}

// song returns what is known of a song, after updating it from item.
func (k *checker) song(item *party.QueueItem) *checkedSong {
	song := k.songs[item.ID]
	if song == nil {
		song = &checkedSong{
			addedAt: item.AddedAt, owners: map[string]bool{}, likers: map[string]bool{}, voters: map[string]bool{},
		}
		k.songs[item.ID] = song
	}
	song.QueueItem = item
	if item.AddedBy != nil {
		song.owners[item.AddedBy.User.ID] = true
	}
	return song
}

func (k *checker) guest(id string) *guestRecord {
	if k.guests[id] == nil {
		k.guests[id] = &guestRecord{}
	}
	return k.guests[id]
}

// checkQueue checks that no recording waits twice, and that positions are numbered without gaps.
func (k *checker) checkQueue(state *party.State) {
	there := map[string]bool{}
	for i, item := range slices.Concat(state.Queue, state.Awaiting) {
		if there[item.Song.ISRC] {
			k.t.Errorf("%s is in the queue twice", item.Song.Name)
		}
		there[item.Song.ISRC] = true
		if i < len(state.Queue) && *item.Position != i+1 {
			k.t.Errorf("the song at position %d says that it is at %d", i+1, *item.Position)
		}
	}
}

func (k *checker) songStarted(item *party.QueueItem) {
	song, now := k.song(item), time.Now()
	song.startedAt = now
	k.starts = append(k.starts, song)
	owner := k.guest(item.AddedBy.User.ID)
	owner.played++
	owner.lastTurn = k.seen
	if owner.heardAt.IsZero() {
		owner.heardAt = now
	}
	owner.waits = ""
}

// checkAllowed checks that a committed song is allowed by the present rules, not only by those when it was added.
func (k *checker) checkAllowed(item *party.QueueItem, state *party.State) {
	s, song := state.Settings, item.Song
	switch {
	case song.Explicit && !s.AllowExplicit, s.MaxSongSeconds != nil && song.DurationMS > 1000**s.MaxSongSeconds:
		k.t.Errorf("%s is committed although it is explicit or too long", song.Name)
	case slices.Contains(s.BlockedURIs(), song.URI):
		k.t.Errorf("%s is committed although it is blocked", song.Name)
	}
	cooldown := time.Duration(s.CooldownMinutes) * time.Minute
	for _, before := range k.starts {
		if ago := time.Since(before.startedAt); before.Song.ISRC == song.ISRC && ago < cooldown {
			k.t.Errorf("%s is committed again after %v, during its cooldown", song.Name, ago)
		}
	}
}

// The following methods return what guests see of the room.

func (k *checker) queue() []*party.QueueItem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(k.state.Queue), func(i *party.QueueItem) bool { return i.State != party.Queued })
}

func (k *checker) awaiting() []*party.QueueItem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state.Awaiting
}

func (k *checker) playing() *party.QueueItem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state.NowPlaying
}

func (k *checker) likes(g *crowdGuest, itemID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	song := k.songs[itemID]
	return song != nil && song.likers[g.id]
}

// The following methods record what guests have done successfully.

func (k *checker) added(g *crowdGuest, item *party.QueueItem) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, s := time.Now(), k.state.Settings
	if s.RequestsOpenAt != nil && now.Before(*s.RequestsOpenAt) {
		k.t.Errorf("a song was accepted before requests opened")
	}
	if s.LastCallAt != nil && !now.Before(*s.LastCallAt) {
		k.t.Errorf("a song was accepted after the last call")
	}
	guest := k.guest(g.id)
	guest.friend = g.friend
	if guest.askedAt.IsZero() {
		guest.askedAt, guest.bucket, guest.filledAt = now, float64(*s.AddsPerHour), now
	}
	guest.bucket = min(float64(*s.AddsPerHour), guest.bucket+now.Sub(guest.filledAt).Hours()*float64(*s.AddsPerHour)) - 1
	guest.filledAt = now
	if guest.bucket < -1e-6 {
		k.t.Errorf("guest %s has added more songs per hour than the rules allow", g.id)
	}
	if n := k.ownSongs(g, item); n > *s.MaxQueuedPerGuest {
		k.t.Errorf("guest %s has %d songs in the queue", g.id, n)
	}
	if waiting := len(k.state.Queue) + len(k.state.Awaiting); waiting > s.MaxQueueLength {
		k.t.Errorf("%d songs are in the queue, more than the rules allow", waiting)
	}
	isNewcomer := s.RequireApproval && k.acceptedSongs(g) < s.TrustedAfter
	if isNewcomer && item.State != party.AwaitingApproval {
		k.t.Errorf("a newcomer's song is %s, want AWAITING_APPROVAL", item.State)
	}
	k.song(item)
}

// ownSongs returns how many songs of a guest wait, including one that was just added.
func (k *checker) ownSongs(g *crowdGuest, added *party.QueueItem) int {
	own := map[string]bool{added.ID: true}
	for _, item := range slices.Concat(k.state.Queue, k.state.Awaiting) {
		if item.AddedBy.User.ID == g.id && item.State != party.Committed {
			own[item.ID] = true
		}
	}
	return len(own)
}

// acceptedSongs returns how many songs of a guest were approved, or liked by others.
func (k *checker) acceptedSongs(g *crowdGuest) (n int) {
	for _, song := range k.songs {
		liked := len(song.likers) > 1 || len(song.likers) == 1 && !song.likers[g.id]
		if song.owners[g.id] && (song.approved || liked) {
			n++
		}
	}
	return n
}

func (k *checker) undone(g *crowdGuest, itemID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.songs[itemID].uncounted = true
	k.guest(g.id).bucket++
}

func (k *checker) liked(g *crowdGuest, itemID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if song := k.songs[itemID]; song != nil {
		song.likers[g.id] = true
	}
}

func (k *checker) voted(g *crowdGuest) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if playing := k.state.NowPlaying; playing != nil {
		k.song(playing).voters[g.id] = true
	}
}

func (k *checker) withdrawn(itemID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.songs[itemID].uncounted = true
}

func (k *checker) approved(item *party.QueueItem) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.song(item).approved = true
}

// finish checks the party as a whole.
func (k *checker) finish() {
	time.Sleep(time.Second)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.over = time.Now()
	for _, item := range k.state.Queue {
		if song := k.songs[item.ID]; !song.uncounted && item.LikeCount != len(song.likers) {
			k.t.Errorf("%s has %d likes, but %d guests like it", item.Song.Name, item.LikeCount, len(song.likers))
		}
	}
	least := int(crowdLasts / (4 * time.Minute))
	if gap := k.c.longestGap(); len(k.starts) < least || gap > 1500*time.Millisecond {
		k.t.Errorf("%d songs were heard, want at least %d; the longest gap was %v, want at most 1.5s",
			len(k.starts), least, gap)
	}
	k.checkSkips()
}

// checkSkips checks that at least one song was skipped by vote, and that at least two members had voted to skip each of
// these songs.
func (k *checker) checkSkips() {
	skipped := 0
	var after *string
	for more := true; more; {
		room, err := k.c.server.Room(k.c.host, k.c.room.ID)
		must(k.t, err)
		var plays []lists.Play
		plays, more, err = k.c.server.Lists().History(k.c.host, room, lists.First(100, after))
		must(k.t, err)
		for _, play := range plays {
			after = &play.Cursor
			if play.SkippedBy != nil && *play.SkippedBy == party.SkippedByVotes {
				skipped++
				if votes := len(k.songs[play.Item.ID].voters); votes < 2 {
					k.t.Errorf("%s was skipped by %d votes, want at least 2", play.Item.Song.Name, votes)
				}
			}
		}
	}
	if skipped == 0 {
		k.t.Error("no song was skipped by vote")
	}
}
