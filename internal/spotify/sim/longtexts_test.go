package sim_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestLongNamesAndURLs(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	must(t, p.sim.ChangeAppSwitches(func(app *sim.AppSwitches) { app.LongNames, app.LongURLs = 3000, 5000 }))
	var seen struct {
		Device struct{ Name string }
		Item   struct {
			Name    string
			Artists []struct{ Name string }
			Album   struct {
				Name   string
				Images []struct{ URL string }
			}
		}
	}
	must(t, json.Unmarshal([]byte(p.raw().body), &seen))
	for _, name := range []string{seen.Device.Name, seen.Item.Name, seen.Item.Artists[0].Name, seen.Item.Album.Name} {
		if len(name) < 3000 || !utf8.ValidString(name) {
			t.Errorf("a name of %d bytes: %.60s", len(name), name)
		}
	}
	if len(seen.Item.Album.Images) != 3 || len(seen.Item.Album.Images[0].URL) < 5000 {
		t.Errorf("%d images", len(seen.Item.Album.Images))
	}
	if err := p.sim.ChangeAppSwitches(func(app *sim.AppSwitches) { app.LongNames = 1 << 30 }); err == nil {
		t.Error("names of a gigabyte were accepted")
	}
}
