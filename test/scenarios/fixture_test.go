package scenarios_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// fixture is one room with its host and guests. Songs are numbered from 1 in the order in which they were added.
type fixture struct {
	*world
	server  *server // the server that people use
	host    context.Context
	room    *party.Room
	account sim.Account
	app     app
	health  *healthLog
	music   []sim.Track // the songs that add takes, from the front
	items   []*party.QueueItem
	beside  *fixture // another party whose outcome becomes part of this party's; may be nil
}

// options are the initial state of a party. The zero value is an empty room without fallback songs.
type options struct {
	songs    int           // how many songs the host adds at once
	length   time.Duration // the approximate duration of the songs; 0: three minutes
	name     string        // the host's name; empty: Hanna
	settings party.SettingsChange
	spotify  func(*sim.Switches) // changes how Spotify treats the host; may be nil
}

// open starts a world with one server and one party.
func open(t testing.TB, o options) *fixture {
	t.Helper()
	w := newWorld(t)
	return w.open(w.start("one"), o)
}

// open opens a room on a server. Its host has an account and a player of their own.
func (w *world) open(s *server, o options) *fixture {
	w.t.Helper()
	host, err := s.DemoLogin(w.t.Context(), cmp.Or(o.name, "Hanna"))
	must(w.t, err)
	simulated := w.accounts[host.User.UserID]
	p := &fixture{
		world: w, server: s, host: account.WithViewer(w.t.Context(), host.User), account: simulated,
		app:   app{w.t, w.spotify, simulated, w.spotify.Host(simulated.ID)},
		music: w.songs(200, cmp.Or(o.length, 3*time.Minute)),
	}
	if o.spotify != nil {
		must(w.t, w.spotify.ChangeSwitches(simulated.ID, o.spotify))
	}
	o.settings.Fallback = cmp.Or(o.settings.Fallback, new(bool))
	p.room, err = s.CreateRoom(p.host, jukebox.RoomInput{Settings: &o.settings}, nil)
	must(w.t, err)
	p.health = logHealth(w.t, s, p.room.ID)
	p.addSome(o.songs)
	return p
}

// join adds a guest and returns their context.
func (p *fixture) join(name string) context.Context {
	p.t.Helper()
	joined, err := p.server.JoinRoom(p.t.Context(), p.room.Code, name)
	must(p.t, err)
	return account.WithViewer(p.t.Context(), joined.Session.User)
}

// add adds the next of the party's songs and returns its number.
func (p *fixture) add(who context.Context) int {
	p.t.Helper()
	track := p.music[0]
	p.music = p.music[1:]
	return p.addTrack(who, track)
}

// addTrack adds a track and returns its number.
func (p *fixture) addTrack(who context.Context, track sim.Track) int {
	p.t.Helper()
	must(p.t, p.tryAdding(who, track))
	return len(p.items)
}

// tryAdding adds a song, and returns a refusal.
func (p *fixture) tryAdding(who context.Context, track sim.Track) error {
	added, err := p.server.AddSong(who, p.room.ID, track.URI, nil)
	if err == nil {
		p.items = append(p.items, added.Item)
	}
	return err
}

// addSome makes the host add n songs.
func (p *fixture) addSome(n int) {
	p.t.Helper()
	for range n {
		p.add(p.host)
	}
}

// like likes a song by its number, and returns a refusal.
func (p *fixture) like(who context.Context, song int) error {
	_, err := p.server.LikeQueueItem(who, p.items[song-1].ID, nil)
	return err
}

func (p *fixture) unlike(who context.Context, song int) error {
	_, err := p.server.UnlikeQueueItem(who, p.items[song-1].ID, nil)
	return err
}

// remove removes a song from the queue, and returns a refusal.
func (p *fixture) remove(who context.Context, song int) error {
	_, err := p.server.RemoveQueueItem(who, p.items[song-1].ID, nil)
	return err
}

// switchTo makes people use another server from now on, as after a restart.
func (p *fixture) switchTo(s *server) {
	p.server = s
	p.health.watch(s)
}

// other is the name of songs that are not the party's.
const other = "other"

// songName returns a song's number. The player may play another release of the recording than the one that was added.
func (p *fixture) songName(uri string) string {
	heard := p.spotify.tracks[uri]
	for i, item := range p.items {
		if item.Song.URI == uri || item.Song.ISRC == heard.ISRC {
			return fmt.Sprint(i + 1)
		}
	}
	return other
}
