package scenarios_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/spotify/sim/trouble"
)

// faultsByKind returns the faults of random evenings that package trouble does not have.
func faultsByKind() map[string]sim.Fault {
	return map[string]sim.Fault{
		"401": {Status: http.StatusUnauthorized, Message: "The access token expired"},
		"403 UNKNOWN": {
			Path: playerPath, Status: http.StatusForbidden, Message: "Player command failed: Restriction violated",
			Reason: "UNKNOWN",
		},
		"404 NO_ACTIVE_DEVICE": {
			Path: playerPath + "/", Status: http.StatusNotFound, Message: "Player command failed: No active device found",
			Reason: "NO_ACTIVE_DEVICE",
		},
		"429 text":           {Status: tooMany, RetryAfter: 37 * time.Second, PlainText: true},
		"429 QUOTA_EXCEEDED": {Status: tooMany, Reason: quotaReached},
		"502 html":           {Status: http.StatusBadGateway, HTML: true, Times: 3},
		"502 after applying": {Path: playerPath + "/", Status: http.StatusBadGateway, AfterApplying: true},
		"503 text":           {Path: "/api/token", Status: http.StatusServiceUnavailable, PlainText: true},
		"504 empty late":     {Status: http.StatusGatewayTimeout, Empty: true, Delay: 5 * time.Second},
		"204 empty":          {Method: http.MethodGet, Path: playerPath, Status: http.StatusNoContent, Empty: true},
		"200 text": {
			Method: http.MethodGet, Path: playerPath, Status: http.StatusOK, PlainText: true, Message: "OK",
		},
		"cut after applying":  {Path: playerPath + "/", AfterApplying: true},
		"hang after applying": {Path: playerPath + "/", Delay: 30 * time.Second, AfterApplying: true},
	}
}

// act is something that people may do, or that may happen to a server.
type act struct {
	name    string
	weight  int
	several bool // possible only with two servers
	do      func(e *evening) error
}

func acts() []act {
	return []act{
		{"likes a song", 30, false, (*evening).likeSong},
		{"takes a like back", 6, false, func(e *evening) error { return e.unlike(e.guest(), e.song()) }},
		{"adds a song", 10, false, (*evening).addSong},
		{"removes a song", 3, false, (*evening).removeSong},
		{"plays a song of their own", 2, false, func(e *evening) error {
			return e.app.host.PlayURI(e.music[len(e.music)-1-e.dice.IntN(50)].URI)
		}},
		{"plays one of the room's songs", 1, false, func(e *evening) error {
			return e.app.host.PlayURI(e.track(e.song()).URI)
		}},
		{"commands a skip", 3, false, func(e *evening) error {
			_, err := e.server.SkipSong(e.host, e.room.ID, nil)
			return err
		}},
		{"commands a pause", 1, false, func(e *evening) error {
			_, err := e.server.PausePlayback(e.host, e.room.ID)
			return err
		}},
		{"commands to resume", 3, false, func(e *evening) error {
			_, err := e.server.ResumePlayback(e.host, e.room.ID)
			return err
		}},
		{"connects Spotify again", 1, false, func(e *evening) error { return e.tryConnecting() }},
		{"kills the server", 2, false, func(e *evening) error { e.replace(e.server.kill); return nil }},
		{"replaces the server", 1, false, func(e *evening) error { e.replace(e.server.stop); return nil }},
		{"suspends the server that drives", 3, true, func(e *evening) error {
			e.driving().suspension.suspend(time.Duration(3+e.dice.IntN(25)) * time.Second)
			return nil
		}},
	}
}

func (e *evening) guest() context.Context { return e.guests[e.dice.IntN(len(e.guests))] }

// song returns one of the latest songs.
func (e *evening) song() int { return len(e.items) - e.dice.IntN(min(len(e.items), 12)) }

func (e *evening) likeSong() error { return e.like(e.guest(), e.song()) }

func (e *evening) addSong() error {
	if e.waitingSongs() > 8 {
		return fmt.Errorf("enough songs wait")
	}
	track := e.music[0]
	err := e.tryAdding(e.guest(), track)
	if err == nil {
		e.music = e.music[1:]
		e.added = append(e.added, time.Now())
	}
	return err
}

func (e *evening) removeSong() error {
	song := e.song()
	err := e.remove(e.host, song)
	if err == nil && e.removed[song].IsZero() {
		e.removed[song] = time.Now()
		e.deeds[len(e.deeds)-1].song = song
	}
	return err
}

// waitingSongs returns how many songs of the queue have not started.
func (e *evening) waitingSongs() (n int) {
	for _, state := range e.states() {
		if state == "QUEUED" || state == "COMMITTED" {
			n++
		}
	}
	return n
}

// replace ends the server that people use, and starts another one after up to twenty seconds. People go on with the
// second server if there is one, otherwise with the new one.
func (e *evening) replace(end func()) {
	end()
	if e.second != nil {
		e.switchTo(e.second)
	}
	time.Sleep(time.Duration(e.dice.IntN(20)) * time.Second)
	e.started++
	next := e.start(fmt.Sprint(e.started))
	if e.second != nil {
		e.second = next
		return
	}
	e.switchTo(next)
}

// driving returns the server that drives the room.
func (e *evening) driving() *server {
	if e.second != nil && e.holder() == e.second.name {
		return e.second
	}
	return e.server
}

// misfortune lets Spotify fail, or the host's app behave strangely.
func (e *evening) misfortune() {
	if kinds := sortedKeys(faultsByKind()); e.dice.IntN(5) == 0 {
		kind := kinds[e.dice.IntN(len(kinds))]
		if kind == "429 QUOTA_EXCEEDED" && e.dice.IntN(8) > 0 {
			return // not often: each of these stops all requests for at least ten minutes
		}
		e.spotify.InjectFault(faultsByKind()[kind])
		e.note("Spotify", "fault "+kind, "", nil)
		return
	}
	uri := e.track(e.song()).URI
	t, err := trouble.Draw(e.dice, trouble.Bounds{Songs: []string{uri}})
	must(e.t, err)
	err = t.Begin(e.spotify.Spotify, e.account.ID)
	about := ""
	if t.Kind == "song refused" || t.Kind == "broken song" {
		about = uri
	}
	if t.Kind == "authorization lost" {
		e.lostAccess = true
	}
	isPrivate := func(d sim.Device) bool { return d.Private }
	if t.Kind == "odd device" && slices.ContainsFunc(e.app.host.Devices(), isPrivate) {
		t.Detail = "in a private session"
	}
	e.note("Spotify", t.Kind+" "+t.Detail, about, err)
	if err == nil {
		e.kinds[t.Kind]++
	}
}

// weighted returns the acts that are possible in an evening, each repeated as often as its weight says.
func (e *evening) weighted() (all []act) {
	for _, a := range acts() {
		if !a.several || e.second != nil {
			all = append(all, slices.Repeat([]act{a}, a.weight)...)
		}
	}
	return all
}
