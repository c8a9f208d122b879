package scenarios_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// judge watches a room as a screen does, hears what guests did, and knows the rules of the house. What the program thinks of
// them it does not ask.
type judge struct {
	t testing.TB
	c *crowd

	mu     sync.Mutex
	state  *party.State // the newest
	seen   int          // states
	songs  map[string]*judged
	guests map[string]*guestRecord
	starts []*judged // in order
	over   time.Time // when the evening was; zero: it is not
}

// judged is a song that was seen in the room, or added.
type judged struct {
	*party.QueueItem // as it was seen last
	addedAt          time.Time
	startedAt        time.Time
	owners           map[string]bool
	likers           map[string]bool
	voters           map[string]bool
	approved         bool
	disturbed        bool // withdrawn or taken back: its likes are no longer counted here
}

// account is what the judge keeps of a guest.
type guestRecord struct {
	friend   bool
	askedAt  time.Time // when the first song was taken
	bucket   float64   // songs that may be added
	filledAt time.Time
	played   int
	heardAt  time.Time // when the first of their songs began
	lastTurn int       // the state in which one began last
	waits    string    // the oldest song of theirs that could play; empty: none can

	waitsSince int // the first of the states, without a gap, in which it could
}

func newJudge(c *crowd) *judge {
	t := c.t
	j := &judge{t: t, c: c, songs: map[string]*judged{}, guests: map[string]*guestRecord{}}
	watcher, err := c.server.Watch(t.Context(), c.room.ID)
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			state, err := watcher.Next(context.Background())
			if err != nil {
				return // closed
			}
			j.sees(state)
		}
	}()
	t.Cleanup(func() {
		watcher.Close()
		<-ended
	})
	return j
}

// sees judges a state of the room, and how it came from the one before.
func (j *judge) sees(state *party.State) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.state
	j.state = state
	j.seen++
	j.isOneEntryEach(state)
	for _, item := range slices.Concat(state.Queue, state.Awaiting) {
		j.of(item)
	}
	if before == nil {
		return
	}
	if playing := state.NowPlaying; playing != nil && (before.NowPlaying == nil || before.NowPlaying.ID != playing.ID) {
		j.begins(playing)
	}
	if next := state.Committed(); next != nil && (before.Committed() == nil || before.Committed().ID != next.ID) {
		j.mayPlay(next, state)
		j.isItsTurn(next, before, state)
	}
	j.noteWhoWaits(state)
}

// of is what is kept of a song, with what is seen of it now.
func (j *judge) of(item *party.QueueItem) *judged {
	song := j.songs[item.ID]
	if song == nil {
		song = &judged{addedAt: item.AddedAt, owners: map[string]bool{}, likers: map[string]bool{}, voters: map[string]bool{}}
		j.songs[item.ID] = song
	}
	song.QueueItem = item
	if item.AddedBy != nil {
		song.owners[item.AddedBy.ID] = true
	}
	return song
}

func (j *judge) guest(id string) *guestRecord {
	if j.guests[id] == nil {
		j.guests[id] = &guestRecord{}
	}
	return j.guests[id]
}

// isOneEntryEach: one recording, one entry; places are numbered without a gap.
func (j *judge) isOneEntryEach(state *party.State) {
	there := map[string]bool{}
	for i, item := range slices.Concat(state.Queue, state.Awaiting) {
		if there[item.Song.ISRC] {
			j.t.Errorf("%s waits twice", item.Song.Name)
		}
		there[item.Song.ISRC] = true
		if i < len(state.Queue) && *item.Position != i+1 {
			j.t.Errorf("the song at place %d says that it is at %d", i+1, *item.Position)
		}
	}
}

func (j *judge) begins(item *party.QueueItem) {
	song, now := j.of(item), time.Now()
	song.startedAt = now
	j.starts = append(j.starts, song)
	owner := j.guest(item.AddedBy.ID)
	owner.played++
	owner.lastTurn = j.seen
	if owner.heardAt.IsZero() {
		owner.heardAt = now
	}
	owner.waits = ""
}

// mayPlay: what was handed to the player is allowed now, whatever was allowed when it was added.
func (j *judge) mayPlay(item *party.QueueItem, state *party.State) {
	s, song := state.Settings, item.Song
	switch {
	case song.Explicit && !s.AllowExplicit, s.MaxSongSeconds != nil && song.DurationMS > 1000**s.MaxSongSeconds:
		j.t.Errorf("%s plays, which is explicit or too long", song.Name)
	case slices.Contains(s.BlockedURIs(), song.URI):
		j.t.Errorf("%s plays, which is blocked", song.Name)
	}
	for _, before := range j.starts {
		if ago := time.Since(before.startedAt); before.Song.ISRC == song.ISRC && ago < time.Duration(s.CooldownMinutes)*time.Minute {
			j.t.Errorf("%s plays again after %v", song.Name, ago)
		}
	}
}

// canPlay says that a song waits like all others.
func canPlay(item *party.QueueItem) bool {
	return item.State == party.Queued && item.Refusal == nil && item.Pin == nil
}

// isItsTurn: in the order that the house has, no other song had to be handed to the player before this one.
func (j *judge) isItsTurn(item *party.QueueItem, before, now *party.State) {
	if item.Pin != nil {
		return
	}
	others := slices.DeleteFunc(slices.Clone(before.Queue), func(o *party.QueueItem) bool { return o.ID == item.ID || !canPlay(o) })
	switch now.Settings.OrderMode {
	case party.OrderLikes:
		j.hasMostLikes(item, others, now)
	case party.OrderTurns:
		j.nobodyWaitedLonger(item, others)
	case party.OrderFair:
		j.nobodyIsPassedOverForEver(item, others)
	}
}

func (j *judge) hasMostLikes(item *party.QueueItem, others []*party.QueueItem, now *party.State) {
	for _, other := range others {
		at := slices.IndexFunc(now.Queue, func(o *party.QueueItem) bool { return o.ID == other.ID })
		if at >= 0 && canPlay(now.Queue[at]) && min(other.LikeCount, now.Queue[at].LikeCount) > item.LikeCount {
			j.t.Errorf("%s plays next with %d likes, and %s waits with %d", item.Song.Name, item.LikeCount, other.Song.Name, other.LikeCount)
		}
	}
}

// nobodyWaitedLonger: between two songs of one guest, each has a turn whose oldest song waits all the time.
func (j *judge) nobodyWaitedLonger(item *party.QueueItem, others []*party.QueueItem) {
	mine := j.guest(item.AddedBy.ID)
	for _, other := range others {
		theirs := j.guest(other.AddedBy.ID)
		if theirs != mine && theirs.waits != "" && theirs.waitsSince < mine.lastTurn {
			j.t.Errorf("%s has a turn again, while %s still waits for one", item.AddedBy.DisplayName, other.AddedBy.DisplayName)
		}
	}
}

// nobodyIsPassedOverForEver: a guest's oldest song that was passed over too often goes first.
func (j *judge) nobodyIsPassedOverForEver(item *party.QueueItem, others []*party.QueueItem) {
	waiting := append(others, item)
	oldest := oldestOfEach(waiting)
	patience := max(10, 2*len(oldest))
	for _, o := range waiting {
		if oldest[o.AddedBy.ID] == o.ID && o.ID != item.ID && j.passedOver(o) >= patience && (j.passedOver(item) < patience || item.Age > o.Age) {
			j.t.Errorf("%s plays next, and %s was passed over %d times", item.Song.Name, o.Song.Name, j.passedOver(o))
		}
	}
}

// passedOver is how many younger songs have begun before this one.
func (j *judge) passedOver(item *party.QueueItem) (n int) {
	for _, start := range j.starts {
		if start.ID == item.ID {
			break
		}
		if start.Age > item.Age {
			n++
		}
	}
	return n
}

func (j *judge) noteWhoWaits(state *party.State) {
	oldest := oldestOfEach(slices.DeleteFunc(slices.Clone(state.Queue), func(i *party.QueueItem) bool { return !canPlay(i) }))
	for id := range oldest {
		j.guest(id)
	}
	for id, guest := range j.guests {
		if now := oldest[id]; now != guest.waits {
			guest.waits, guest.waitsSince = now, j.seen
		}
	}
}

// oldestOfEach are the ids of the oldest song of each guest.
func oldestOfEach(items []*party.QueueItem) map[string]string {
	oldest := map[string]string{}
	for _, item := range slices.Backward(slices.SortedFunc(slices.Values(items), func(a, b *party.QueueItem) int { return cmp.Compare(a.Age, b.Age) })) {
		oldest[item.AddedBy.ID] = item.ID
	}
	return oldest
}

// What guests see of the room.

func (j *judge) queue() []*party.QueueItem {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.state.Queue), func(i *party.QueueItem) bool { return i.State != party.Queued })
}

func (j *judge) awaiting() []*party.QueueItem {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.Awaiting
}

func (j *judge) playing() *party.QueueItem {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state.NowPlaying
}

func (j *judge) likes(g *reveller, itemID string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	song := j.songs[itemID]
	return song != nil && song.likers[g.id]
}

// What guests did, and the program has taken.

func (j *judge) added(g *reveller, item *party.QueueItem) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now, s := time.Now(), j.state.Settings
	if s.LastCallAt != nil && !now.Before(*s.LastCallAt) {
		j.t.Errorf("a song was taken after the last call")
	}
	guest := j.guest(g.id)
	guest.friend = g.friend
	if guest.askedAt.IsZero() {
		guest.askedAt, guest.bucket, guest.filledAt = now, float64(*s.AddsPerHour), now
	}
	guest.bucket = min(float64(*s.AddsPerHour), guest.bucket+now.Sub(guest.filledAt).Hours()*float64(*s.AddsPerHour)) - 1
	guest.filledAt = now
	if guest.bucket < -1e-6 {
		j.t.Errorf("%s has added too many songs within an hour", g.id)
	}
	if n := j.ownSongs(g, item); n > *s.MaxQueuedPerGuest {
		j.t.Errorf("%s has %d songs in the queue", g.id, n)
	}
	if waiting := len(j.state.Queue) + len(j.state.Awaiting); waiting > s.MaxQueueLength {
		j.t.Errorf("%d songs wait", waiting)
	}
	if trusted := j.accepted(g) >= s.TrustedAfter; s.RequireApproval && !trusted && item.State != party.AwaitingApproval {
		j.t.Errorf("a newcomer's song is %s", item.State)
	}
	j.of(item)
}

// ownSongs are a guest's that wait, with one that was just added.
func (j *judge) ownSongs(g *reveller, added *party.QueueItem) int {
	own := map[string]bool{added.ID: true}
	for _, item := range slices.Concat(j.state.Queue, j.state.Awaiting) {
		if item.AddedBy.ID == g.id && item.State != party.Committed {
			own[item.ID] = true
		}
	}
	return len(own)
}

// accepted is how many songs of a guest were approved, or liked by others.
func (j *judge) accepted(g *reveller) (n int) {
	for _, song := range j.songs {
		liked := len(song.likers) > 1 || len(song.likers) == 1 && !song.likers[g.id]
		if song.owners[g.id] && (song.approved || liked) {
			n++
		}
	}
	return n
}

func (j *judge) tookBack(g *reveller, itemID string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.songs[itemID].disturbed = true
	j.guest(g.id).bucket++
}

func (j *judge) liked(g *reveller, itemID string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if song := j.songs[itemID]; song != nil {
		song.likers[g.id] = true
	}
}

func (j *judge) voted(g *reveller) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if playing := j.state.NowPlaying; playing != nil {
		j.of(playing).voters[g.id] = true
	}
}

func (j *judge) withdrew(itemID string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.songs[itemID].disturbed = true
}

func (j *judge) approved(item *party.QueueItem) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.of(item).approved = true
}

// closes judges the evening as a whole.
func (j *judge) closes() {
	time.Sleep(time.Second)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.over = time.Now()
	for _, item := range j.state.Queue {
		if song := j.songs[item.ID]; !song.disturbed && item.LikeCount != len(song.likers) {
			j.t.Errorf("%s has %d likes, and was liked by %d", item.Song.Name, item.LikeCount, len(song.likers))
		}
	}
	if len(j.starts) < 60 || j.c.longestGap() > 1500*time.Millisecond {
		j.t.Errorf("%d songs were heard, the longest gap was %v", len(j.starts), j.c.longestGap())
	}
	j.skipsHadVotes()
}

// skipsHadVotes: of those present, as many as the house wants had voted on each song that ended by vote.
func (j *judge) skipsHadVotes() {
	skipped := 0
	var after *string
	for more := true; more; {
		room, err := j.c.server.Room(j.c.host, j.c.room.ID)
		must(j.t, err)
		var plays []jukebox.Play
		plays, more, err = j.c.server.History(j.c.host, room, 100, after)
		must(j.t, err)
		for _, play := range plays {
			after = &play.Cursor
			if play.SkippedBy != nil && *play.SkippedBy == party.SkippedByVotes {
				skipped++
				if votes := len(j.songs[play.Item.ID].voters); votes < 2 {
					j.t.Errorf("%s was skipped by %d votes", play.Item.Song.Name, votes)
				}
			}
		}
	}
	if skipped == 0 {
		j.t.Error("no song was skipped by vote")
	}
}
