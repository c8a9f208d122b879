package party

import (
	"cmp"
	"slices"
	"time"
)

const (
	// maxPlays is how many of the songs that were played last decide about the order of those that wait: more than twice
	// as many as guests can wait, which is the most that anything counts.
	MaxPlays = 2 * MaxQueue
	// latelyPlays is how many songs count as lately: about an hour.
	latelyPlays = 20
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
type Plays struct {
	songs  []StartedPlay // oldest first, maxPlays at most
	ages   []int64       // of the same, sorted
	guests map[string]guestPlays
}

// guestPlays is what was played of one guest's songs.
type guestPlays struct {
	total, lately int
	last          int64 // the version at which one began last
}

func NewPlays(songs []StartedPlay) *Plays {
	if len(songs) == 0 {
		return nil
	}
	slices.SortFunc(songs, func(a, b StartedPlay) int { return cmp.Compare(a.Version, b.Version) })
	songs = songs[max(0, len(songs)-MaxPlays):]
	p := &Plays{songs: songs, ages: make([]int64, len(songs)), guests: map[string]guestPlays{}}
	for i, song := range songs {
		p.ages[i] = song.Age
		guest := p.guests[song.Owner]
		guest.total++
		guest.last = song.Version
		if i >= len(songs)-latelyPlays {
			guest.lately++
		}
		p.guests[song.Owner] = guest
	}
	slices.Sort(p.ages)
	return p
}

// with returns the plays after some more songs, of which those that are known already are left out.
func (p *Plays) with(items []*QueueItem) *Plays {
	var more []StartedPlay
	for _, item := range items {
		if item.StartedVersion > p.newest() {
			more = append(more, StartedPlay{
				Owner: item.Owner(), Fallback: item.FillsIn(), Recording: item.Recording, Age: item.Age, Version: item.StartedVersion, At: item.StartedAt,
			})
		}
	}
	switch {
	case len(more) == 0:
		return p
	case p == nil:
		return NewPlays(more)
	}
	return NewPlays(slices.Concat(p.songs, more))
}

func (p *Plays) newest() int64 {
	if p == nil {
		return 0
	}
	return p.songs[len(p.songs)-1].Version
}

// lately is how many of the songs that were played last had been added by somebody. Fallback music is nobody's, and owes
// nobody anything.
func (p *Plays) lately(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.guests[owner].lately
}

// served is how many songs of somebody were played, lately or before.
func (p *Plays) served(owner string) int {
	if p == nil || owner == "" {
		return 0
	}
	return p.guests[owner].total
}

// lastTurn is the room's version at which a song of somebody began last; 0: never.
func (p *Plays) lastTurn(owner string) int64 {
	if p == nil {
		return 0
	}
	return p.guests[owner].last
}

// since is how many songs were played that are younger than this age: they passed whatever is that old and still waits.
func (p *Plays) since(age int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearch(p.ages, age+1)
	return len(p.ages) - first
}

// begunAfter is how many songs began after this version.
func (p *Plays) begunAfter(version int64) int {
	if p == nil {
		return 0
	}
	first, _ := slices.BinarySearchFunc(p.songs, version+1, func(b StartedPlay, v int64) int { return cmp.Compare(b.Version, v) })
	return len(p.songs) - first
}

// unasked is how many songs in a row, the last ones, nobody had asked for.
func (p *Plays) unasked() (n int) {
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
func (p *Plays) playedAt(recording string) time.Time {
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
