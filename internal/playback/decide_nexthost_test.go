package playback

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

// The room shows that nothing plays and nothing was handed over. The next host's player begins once the old player can
// no longer begin a song.
func TestSilentRoomIsLeftOnceNoSongCanBegin(t *testing.T) {
	silent := &Observation{At: noon, Device: speaker()}
	late := observed(silent)
	late.lateUntil = noon.Add(time.Second)
	commanded := observed(earlier(&Observation{At: noon, Device: speaker()}, time.Second))
	commanded.commandedAt = noon
	unreachable := Memory{observationBackoff: backoff{kind: Unreachable, attempts: 1, until: noon.Add(time.Second)}}
	for name, tt := range map[string]struct {
		memory Memory
		want   bool
	}{
		"silence":                         {observed(silent), true},
		"the player cannot be observed":   {unreachable, true},
		"before the first look":           {Memory{}, false},
		"a song that waits has begun":     {observed(plays(song("a"), time.Second)), false},
		"a command's answer was lost":     {late, false},
		"no look since the last command":  {commanded, false},
		"something else plays, as before": {observed(plays(song("own"), time.Minute)), true},
	} {
		r := room(item("a", party.Queued))
		r.Offer = party.RoomOffer{UserID: "next", Accepted: true}
		if got := Decide(Input{Now: noon, Room: r, Memory: tt.memory}).Step.ChangeHost; got != tt.want {
			t.Errorf("%s: the host changes: %v, want %v", name, got, tt.want)
		}
	}
}
