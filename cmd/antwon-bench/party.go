package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
)

// party is a jukebox with rooms, each with a song to be liked.
type benchRoom struct {
	*jukebox.Jukebox
	*account.Accounts
	store   *database.DB
	tokens  *session.Tokens
	metrics *prometheus.Registry
	rooms   []*party.Room
	hosts   []context.Context
	items   []*party.QueueItem
}

const feedInterval = 50 * time.Millisecond // the server's default

func newParty(ctx context.Context, url string, rooms int) (*benchRoom, error) {
	p, err := openParty(ctx, url, feedInterval)
	if err != nil {
		return nil, err
	}
	for range rooms {
		if err := p.addRoom(ctx); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// openParty opens the database, with whatever rooms are in it, and adds none.
func openParty(ctx context.Context, url string, interval time.Duration) (*benchRoom, error) {
	store, err := database.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	tokens, err := session.New([]byte(strings.Repeat("b", session.MinSecret)))
	if err != nil {
		return nil, err
	}
	p := &benchRoom{store: store, tokens: tokens, metrics: prometheus.NewRegistry()}
	p.Accounts = account.New(account.Config{
		Database: store, Tokens: tokens, DemoLogin: true, Demo: accounts{}, Metrics: p.metrics,
	})
	p.Jukebox = jukebox.New(jukebox.Config{
		Database: store, Bus: live.NewLocalBus(), Accounts: p.Accounts, Catalog: catalog{},
		Free: func(account.Viewer) bool { return true }, FeedInterval: interval, Metrics: p.metrics,
	})
	return p, nil
}

func (p *benchRoom) addRoom(ctx context.Context) error {
	login, err := p.DemoLogin(ctx, "Host")
	if err != nil {
		return err
	}
	host := account.WithViewer(ctx, login.User)
	room, err := p.CreateRoom(host, jukebox.RoomInput{}, nil)
	if err != nil {
		return err
	}
	added, err := p.AddSong(host, room.ID, uri(0), nil)
	if err != nil {
		return err
	}
	p.rooms, p.hosts, p.items = append(p.rooms, room), append(p.hosts, host), append(p.items, added.Item)
	return nil
}

func (p *benchRoom) guests(ctx context.Context, room, n int) ([]context.Context, error) {
	var guests []context.Context
	for range n {
		joined, err := p.JoinRoom(ctx, p.rooms[room].Code, "Guest")
		if err != nil {
			return nil, err
		}
		guests = append(guests, account.WithViewer(ctx, joined.Session.User))
	}
	return guests, nil
}

func (p *benchRoom) close() {
	p.Close()
	_ = p.store.Close() // the database is dropped next
}

func uri(n int) string { return fmt.Sprintf("spotify:track:%022d", n) }

// catalog stands for Spotify, which is not measured here.
type catalog struct{}

func (catalog) Song(_ context.Context, _, songURI string) (party.Song, error) {
	return party.Song{
		URI: songURI, Name: "A Song of Ordinary Length", Artists: []string{"Some Artist"}, AlbumName: "Some Album",
		DurationMS: 200_000, SpotifyURL: "https://open.spotify.com/", ISRC: songURI[len(songURI)-12:], Playable: true,
	}, nil
}

func (catalog) Artist(context.Context, string, string) (string, error) { return "Some Artist", nil }

func (catalog) Search(context.Context, string, string, int, int) ([]party.Song, bool, error) {
	return nil, false, nil
}

type accounts struct{}

func (accounts) NewAccount(_ context.Context, hostID, _ string) (account.SpotifyCredentials, error) {
	return account.SpotifyCredentials{AccountID: hostID, Sealed: []byte{0}}, nil
}

// rate runs work by so many callers for a while and returns how often a second it was done.
func rate(ctx context.Context, callers int, each time.Duration, work func(ctx context.Context, caller, n int) error) (float64, error) {
	errs := make(chan error, callers)
	counts := make(chan int, callers)
	begin := time.Now()
	for caller := range callers {
		go func() {
			n := 0
			for ; time.Since(begin) < each || n%2 != 0; n++ { // an even number: every like is taken back
				if err := work(ctx, caller, n); err != nil {
					errs <- err
					break
				}
			}
			counts <- n
		}()
	}
	total := 0
	for range callers {
		total += <-counts
	}
	took := time.Since(begin)
	select {
	case err := <-errs:
		return 0, err
	default:
		return float64(total) / took.Seconds(), nil
	}
}
