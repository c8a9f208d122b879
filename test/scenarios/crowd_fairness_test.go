package scenarios_test

import (
	"fmt"
	"slices"
	"time"
)

// fairness says how evenly the party's songs were shared among the guests who added some.
type fairness struct {
	songs, asked, heard int
	least, median, most int           // songs of one guest
	friends             float64       // the friends' share of the songs
	jain                float64       // Jain's index; 1: all guests got equally many songs; 1/n: one guest got all
	usualWait           time.Duration // the median of guests' waits for their first song, or for the party's end
	firstWait           time.Duration // the longest of these waits
	songWait            time.Duration // the longest wait of a song that played
	passed              int           // the largest number of times that a song was passed over
}

// fairness returns the fairness of the finished party.
func (k *checker) fairness() fairness {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := fairness{songs: len(k.starts)}
	var each []int
	var waits []time.Duration
	var sum, squares float64
	for _, guest := range k.guests {
		if guest.askedAt.IsZero() {
			continue
		}
		f.asked++
		each = append(each, guest.played)
		sum += float64(guest.played)
		squares += float64(guest.played * guest.played)
		heardAt := k.over
		if guest.played > 0 {
			f.heard++
			heardAt = guest.heardAt
		}
		if guest.friend {
			f.friends += float64(guest.played) / float64(f.songs)
		}
		waits = append(waits, heardAt.Sub(guest.askedAt))
	}
	slices.Sort(each)
	f.least, f.median, f.most = each[0], each[len(each)/2], each[len(each)-1]
	slices.Sort(waits)
	f.usualWait, f.firstWait = waits[len(waits)/2], waits[len(waits)-1]
	f.jain = sum * sum / (float64(f.asked) * squares)
	for _, song := range k.starts {
		f.songWait = max(f.songWait, song.startedAt.Sub(song.addedAt))
		f.passed = max(f.passed, k.passedOver(song.QueueItem))
	}
	return f
}

func (f fairness) String() string {
	return fmt.Sprintf("%d | %d | %d | %d, %d, %d | %.0f %% | %.2f | %v, %v | %v, %d times passed over",
		f.songs, f.asked, f.heard, f.least, f.median, f.most, 100*f.friends, f.jain,
		f.usualWait.Round(time.Minute), f.firstWait.Round(time.Minute), f.songWait.Round(time.Minute), f.passed)
}
