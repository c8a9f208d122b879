package party

import (
	"cmp"
	"slices"
	"time"
)

const (
	// MaxPlayHistory is how many of the last plays the order of the queue depends on. It is twice the number of guests
	// whose songs can wait at once, which is the most that any rule counts.
	MaxPlayHistory = 2 * MaxQueue
	// recentPlays is how many plays count as recent in FAIR: about an hour of music.
	recentPlays = 20
)

// StartedPlay is one play: a song that began.
type StartedPlay struct {
	Owner     string // the user who had added the song; empty: the server
	Fallback  bool   // it was a fallback song that nobody liked
	Recording string
	Age       int64 // see QueueItem
	Version   int64 // the room's version when it began
	At        time.Time
}

// PlayHistory is what a room has played, as far as the rules and the order of the queue depend on it. It is immutable.
// A nil *PlayHistory is empty.
type PlayHistory struct {
	songs  []StartedPlay // oldest first, at most MaxPlayHistory
	ages   []int64       // their ages, sorted
	owners map[string]ownerPlays
}

// ownerPlays is how much was played of one owner's songs.
type ownerPlays struct {
	total, recent int
	last          int64 // the room's version at which the last one began
}

// NewPlayHistory returns the history of the last MaxPlayHistory of these plays, and nil if there are none. It sorts
// songs in place.
func NewPlayHistory(songs []StartedPlay) *PlayHistory {
	if len(songs) == 0 {
		return nil
	}
	slices.SortFunc(songs, func(a, b StartedPlay) int { return cmp.Compare(a.Version, b.Version) })
	songs = songs[max(0, len(songs)-MaxPlayHistory):]
	p := &PlayHistory{songs: songs, ages: make([]int64, len(songs)), owners: map[string]ownerPlays{}}
	for i, song := range songs {
		p.ages[i] = song.Age
		owner := p.owners[song.Owner]
		owner.total++
		owner.last = song.Version
		if i >= len(songs)-recentPlays {
			owner.recent++
		}
		p.owners[song.Owner] = owner
	}
	slices.Sort(p.ages)
	return p
}

// with returns the history with the plays of these items added. It ignores items that have not begun, and plays that it
// already has.
func (p *PlayHistory) with(items []*QueueItem) *PlayHistory {
	var more []StartedPlay
	for _, item := range items {
		if item.StartedVersion > p.newestVersion() {
			more = append(more, StartedPlay{
				Owner: item.OwnerID(), Fallback: item.IsUnlikedFallback(), Recording: item.Recording, Age: item.Age,
				Version: item.StartedVersion, At: item.StartedAt,
			})
		}
	}
	switch {
	case len(more) == 0:
		return p
	case p == nil:
		return NewPlayHistory(more)
	}
	return NewPlayHistory(slices.Concat(p.songs, more))
}

// newestVersion returns the room's version at which the last play began, or 0.
func (p *PlayHistory) newestVersion() int64 {
	if p == nil {
		return 0
	}
	return p.songs[len(p.songs)-1].Version
}

// recentOf returns how many of the recent plays were songs of this owner. It is 0 for fallback songs, which have no
// owner whose share they could count towards.
func (p *PlayHistory) recentOf(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.owners[owner].recent
}

// totalOf returns how many plays of the whole history were songs of this owner, and 0 for fallback songs.
func (p *PlayHistory) totalOf(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.owners[owner].total
}

// lastTurn returns the room's version at which a song of this owner last began, or 0.
func (p *PlayHistory) lastTurn(owner string) int64 {
	if p == nil {
		return 0
	}
	return p.owners[owner].last
}

// startedSince returns how many songs younger than this age were played: they passed over a song of this age that still
// waits.
func (p *PlayHistory) startedSince(age int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearch(p.ages, age+1)
	return len(p.ages) - first
}

// startedAfter returns how many songs began after this version of the room.
func (p *PlayHistory) startedAfter(version int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearchFunc(p.songs, version+1, func(play StartedPlay, v int64) int {
		return cmp.Compare(play.Version, v)
	})
	return len(p.songs) - first
}

// fallbackStreak returns how many of the last plays, counted without a gap, were fallback songs that nobody liked.
func (p *PlayHistory) fallbackStreak() (n int) {
	if p == nil {
		return 0
	}
	for _, song := range slices.Backward(p.songs) {
		if !song.Fallback {
			break
		}
		n++
	}
	return n
}

// playedAt returns when this recording last began, and the zero time if it is not in the history.
func (p *PlayHistory) playedAt(recording string) time.Time {
	if p == nil || recording == "" {
		return time.Time{}
	}
	for _, song := range slices.Backward(p.songs) {
		if song.Recording == recording {
			return song.At
		}
	}
	return time.Time{}
}
