package scenarios_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestIdleRoomThatIsClosedLosesItsPlaylist(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		list := party.DeliveryPlaylist
		p := open(t, options{songs: 1, settings: party.SettingsChange{Delivery: &list}})
		time.Sleep(10 * time.Second)
		p.pressPlay()
		p.health.stop()
		p.untilDone(time.Hour)
		time.Sleep(20 * time.Minute)
		before := p.spotify.total()
		time.Sleep(10 * time.Minute)
		if p.spotify.total() > before {
			t.Fatal("the server still sends requests for a room that should be idle")
		}
		p.closeRoom()
		time.Sleep(10 * time.Second)
		if n := p.spotify.calls(time.Time{})["DELETE me/library"]; n != 1 {
			t.Errorf("the room's playlist was removed from the library %d times, want 1: %v", n, p.spotify.calls(time.Time{}))
		}
	})
}
