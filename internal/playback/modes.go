package playback

import (
	"time"

	"antwon.dj/backend/internal/party"
)

// modesReset is how often shuffle and repeat were turned off although they stayed on.
type modesReset struct {
	times int
	at    time.Time // when it was tried last
}

const (
	firstModesPause = 5 * time.Second // between two attempts to turn shuffle and repeat off; doubles each time
	lastModesPause  = 10 * time.Minute
)

// resetModes turns off shuffle and repeat whenever a song of the room plays, or one waits behind the host's own song,
// because a song that repeats and a list that is shuffled never reach the next song.
func (d *decision) resetModes() (action, bool) {
	s, m := d.memory.observation, &d.memory.modes
	concernsRoom := d.item != nil || d.sentToQueue()
	if d.activity != playingSong || !concernsRoom || d.noPremium() {
		return action{}, false
	}
	if !s.Repeat && !s.Shuffle {
		*m = modesReset{}
		return action{}, false
	}
	if m.times > 0 && d.now.Before(m.at.Add(min(firstModesPause<<min(m.times-1, 10), lastModesPause))) {
		return action{}, false
	}
	a, ok := d.send(Command{Kind: ResetModes}, party.PlaybackStep{})
	if a.command.Kind != None {
		m.times, m.at = m.times+1, d.now
	}
	return a, ok
}
