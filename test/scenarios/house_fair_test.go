package scenarios_test

import (
	"fmt"
	"slices"
	"time"
)

// fairness is how an evening was for those who asked for songs.
type fairness struct {
	songs, asked, heard int
	least, median, most int           // songs of one guest
	friends             float64       // share of the songs that the friends got
	jain                float64       // 1: all got the same; 1/n: one got everything
	usualWait           time.Duration // the median until the first song of a guest began, or the evening was over
	firstWait           time.Duration // the longest
	songWait            time.Duration // the longest of a song that played
	passed              int           // the most often that a song that played was passed over by younger ones
}

func (j *judge) fairness() fairness {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := fairness{songs: len(j.starts)}
	var each []int
	var waits []time.Duration
	var sum, squares float64
	for _, guest := range j.guests {
		if guest.askedAt.IsZero() {
			continue
		}
		f.asked++
		each = append(each, guest.played)
		sum += float64(guest.played)
		squares += float64(guest.played * guest.played)
		heardAt := j.over
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
	for _, song := range j.starts {
		f.songWait = max(f.songWait, song.startedAt.Sub(song.addedAt))
		f.passed = max(f.passed, j.passedOver(song.QueueItem))
	}
	return f
}

func (f fairness) String() string {
	return fmt.Sprintf("%d | %d | %d | %d, %d, %d | %.0f %% | %.2f | %v, %v | %v, %d times passed over", f.songs, f.asked, f.heard, f.least, f.median, f.most,
		100*f.friends, f.jain, f.usualWait.Round(time.Minute), f.firstWait.Round(time.Minute), f.songWait.Round(time.Minute), f.passed)
}
