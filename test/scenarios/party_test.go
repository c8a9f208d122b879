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

// party is one room with its host, guests, and what is heard there. Songs are numbered from 1 as they were added.
type fixture struct {
	*world
	server         *server // whom people ask
	host           context.Context
	room           *party.Room
	spotifyAccount sim.Account
	app            app
	health         *healths
	music          []sim.Track // for the party's songs, taken from the front
	items          []*party.QueueItem
	beside         *fixture // another one, whose course is told too
}

// options are how a party begins. The zero value is an empty room that plays nothing but what its guests add.
type options struct {
	songs    int           // that the host adds at once
	length   time.Duration // about which songs have; 0: three minutes
	name     string        // of the host; empty: Hanna
	settings party.SettingsChange
	spotify  func(*sim.Switches) // how Spotify treats the host; nil: well
}

// open is a world with one server and one party.
func open(t testing.TB, o options) *fixture {
	t.Helper()
	w := newWorld(t)
	return w.open(w.start("one"), o)
}

// open opens a room on a server, of a host with an account and a player of their own.
func (w *world) open(s *server, o options) *fixture {
	w.t.Helper()
	host, err := s.DemoLogin(w.t.Context(), cmp.Or(o.name, "Hanna"))
	must(w.t, err)
	spotifyAccount := w.accounts[host.User.UserID]
	p := &fixture{
		world: w, server: s, host: account.WithViewer(w.t.Context(), host.User), spotifyAccount: spotifyAccount, app: app{w.t, w.spotify, spotifyAccount, w.spotify.Host(spotifyAccount.ID)},
		music: w.songs(200, cmp.Or(o.length, 3*time.Minute)),
	}
	if o.spotify != nil {
		must(w.t, w.spotify.Tune(spotifyAccount.ID, o.spotify))
	}
	o.settings.Fallback = cmp.Or(o.settings.Fallback, new(bool))
	p.room, err = s.CreateRoom(p.host, jukebox.RoomInput{Settings: &o.settings}, nil)
	must(w.t, err)
	p.health = watchHealth(w.t, s, p.room.ID)
	p.addSome(o.songs)
	return p
}

// join is another guest.
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

func (p *fixture) addTrack(who context.Context, track sim.Track) int {
	p.t.Helper()
	must(p.t, p.tryAdding(who, track))
	return len(p.items)
}

// tryAdding adds a song; a refusal is returned.
func (p *fixture) tryAdding(who context.Context, track sim.Track) error {
	added, err := p.server.AddSong(who, p.room.ID, track.URI, nil)
	if err == nil {
		p.items = append(p.items, added.Item)
	}
	return err
}

// addSome adds so many of the party's songs.
func (p *fixture) addSome(n int) {
	p.t.Helper()
	for range n {
		p.add(p.host)
	}
}

// like likes a song; a refusal is returned.
func (p *fixture) like(who context.Context, song int) error {
	_, err := p.server.LikeQueueItem(who, p.items[song-1].ID, nil)
	return err
}

func (p *fixture) unlike(who context.Context, song int) error {
	_, err := p.server.UnlikeQueueItem(who, p.items[song-1].ID, nil)
	return err
}

// remove takes a song out of the queue; a refusal is returned.
func (p *fixture) remove(who context.Context, song int) error {
	_, err := p.server.RemoveQueueItem(who, p.items[song-1].ID, nil)
	return err
}

// visit lets people ask another server from now on, as after a restart.
func (p *fixture) visit(s *server) {
	p.server = s
	p.health.follow(s)
}

// other is what a song that is not the party's is called.
const other = "other"

// songName is a song's number. A recording may be heard from another release than the one that was added.
func (p *fixture) songName(uri string) string {
	heard := p.spotify.tracks[uri]
	for i, item := range p.items {
		if item.Song.URI == uri || item.Song.ISRC == heard.ISRC {
			return fmt.Sprint(i + 1)
		}
	}
	return other
}
