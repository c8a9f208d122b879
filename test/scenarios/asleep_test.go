package scenarios_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestARoomThatIsClosedInItsSleepKeepsNoPlaylist(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		list := party.DeliveryPlaylist
		p := open(t, options{songs: 1, settings: party.SettingsChange{Delivery: &list}})
		time.Sleep(10 * time.Second)
		p.pressPlay()
		p.health.leave()
		p.untilDone(time.Hour)
		time.Sleep(20 * time.Minute)
		asked := p.spotify.total()
		time.Sleep(10 * time.Minute)
		if p.spotify.total() > asked {
			t.Fatal("the room does not sleep")
		}
		p.closeRoom()
		time.Sleep(10 * time.Second)
		if n := p.spotify.calls(time.Time{})["DELETE me/library"]; n != 1 {
			t.Errorf("its playlist was taken out of the library %d times: %v", n, p.spotify.calls(time.Time{}))
		}
	})
}
