package party

import (
	"cmp"
	"slices"
	"time"
)

const (
	// maxPlays is how many of the songs that were played last decide about the order of those that wait: more than twice
	// as many as guests can wait, which is the most that anything counts.
	MaxPlayHistory = 2 * MaxQueue
	// latelyPlays is how many songs count as lately: about an hour.
	recentPlays = 20
)

// begun is a song that began to play.
type StartedPlay struct {
	Owner     string // who had added it; empty: nobody
	Fallback  bool   // nobody had added or liked it
	Recording string
	Age       int64
	Version   int64 // of the room, when it began
	At        time.Time
}

// Plays is what a room has played, as far as it matters to what waits. It is immutable; a nil one is empty.
type PlayHistory struct {
	songs  []StartedPlay // oldest first, maxPlays at most
	ages   []int64       // of the same, sorted
	owners map[string]ownerPlays
}

// guestPlays is what was played of one guest's songs.
type ownerPlays struct {
	total, recent int
	last          int64 // the version at which one began last
}

func NewPlayHistory(songs []StartedPlay) *PlayHistory {
	if len(songs) == 0 {
		return nil
	}
	slices.SortFunc(songs, func(a, b StartedPlay) int { return cmp.Compare(a.Version, b.Version) })
	songs = songs[max(0, len(songs)-MaxPlayHistory):]
	p := &PlayHistory{songs: songs, ages: make([]int64, len(songs)), owners: map[string]ownerPlays{}}
	for i, song := range songs {
		p.ages[i] = song.Age
		guest := p.owners[song.Owner]
		guest.total++
		guest.last = song.Version
		if i >= len(songs)-recentPlays {
			guest.recent++
		}
		p.owners[song.Owner] = guest
	}
	slices.Sort(p.ages)
	return p
}

// with returns the plays after some more songs, of which those that are known already are left out.
func (p *PlayHistory) with(items []*QueueItem) *PlayHistory {
	var more []StartedPlay
	for _, item := range items {
		if item.StartedVersion > p.newestVersion() {
			more = append(more, StartedPlay{
				Owner: item.OwnerID(), Fallback: item.IsUnlikedFallback(), Recording: item.Recording, Age: item.Age, Version: item.StartedVersion, At: item.StartedAt,
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

func (p *PlayHistory) newestVersion() int64 {
	if p == nil {
		return 0
	}
	return p.songs[len(p.songs)-1].Version
}

// lately is how many of the songs that were played last had been added by somebody. Fallback music is nobody's, and owes
// nobody anything.
func (p *PlayHistory) recentOf(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.owners[owner].recent
}

// served is how many songs of somebody were played, lately or before.
func (p *PlayHistory) totalOf(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.owners[owner].total
}

// lastTurn is the room's version at which a song of somebody began last; 0: never.
func (p *PlayHistory) lastTurn(owner string) int64 {
	if p == nil {
		return 0
	}
	return p.owners[owner].last
}

// since is how many songs were played that are younger than this age: they passed whatever is that old and still waits.
func (p *PlayHistory) startedSince(age int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearch(p.ages, age+1)
	return len(p.ages) - first
}

// begunAfter is how many songs began after this version.
func (p *PlayHistory) startedAfter(version int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearchFunc(p.songs, version+1, func(b StartedPlay, v int64) int { return cmp.Compare(b.Version, v) })
	return len(p.songs) - first
}

// unasked is how many songs in a row, the last ones, nobody had asked for.
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

// playedAt is when a recording began last; zero: it is not among these.
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
