//go:build linux

package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// Seed lists what the database contains.
type Seed struct {
	Rooms []Room
	Large int // the index of the room with many songs, which is the last one
}

// Room is a room of the database.
type Room struct {
	ID     string
	Items  []string // ids of queue items
	Guests []Guest
}

// Guest is a guest of a room, with an access token that all servers accept.
type Guest struct{ UserID, Token string }

const (
	songs         = 50
	songsOfLarge  = 500
	guestsPerRoom = 8
	databaseFile  = "seed.db"
	manifestFile  = "seed.json"
)

// Create writes the database into dir: the given number of rooms, and one more with many songs.
func Create(ctx context.Context, dir string, rooms int) (*Seed, error) {
	app, err := fixture.NewApp(ctx, "sqlite:"+filepath.Join(dir, databaseFile), rooms+1)
	if err != nil {
		return nil, err
	}
	defer app.Close()
	s := &Seed{Rooms: make([]Room, rooms+1), Large: rooms}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i, room := range app.Rooms {
		size := songs
		if i == s.Large {
			size = songsOfLarge
		}
		group.Go(func() (err error) {
			s.Rooms[i], err = fill(ctx, app, room, size)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("fill the rooms: %w", err)
	}
	manifest, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return s, os.WriteFile(filepath.Join(dir, manifestFile), manifest, 0o600)
}

// fill adds songs and guests to a room.
func fill(ctx context.Context, app *fixture.App, room *fixture.Room, songs int) (Room, error) {
	filled := Room{ID: room.ID}
	items, err := app.FillQueue(room, songs, room.Host)
	if err != nil {
		return filled, err
	}
	for _, item := range items {
		filled.Items = append(filled.Items, item.ID)
	}
	for range guestsPerRoom {
		joined, err := app.JoinRoom(ctx, room.Code, "Guest")
		if err != nil {
			return filled, err
		}
		filled.Guests = append(filled.Guests, Guest{UserID: joined.Session.User.UserID, Token: joined.Session.AccessToken})
	}
	return filled, nil
}

// Read returns what Create has written into dir, for another process.
func Read(dir string) (*Seed, error) {
	manifest, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return nil, err
	}
	s := &Seed{}
	return s, json.Unmarshal(manifest, s)
}

// Copy copies the database in dir to the file with the given name, and removes what SQLite kept beside an older copy.
func Copy(dir, name string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(dir, name+suffix)); err != nil {
			return err
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, databaseFile))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}

// Viewer returns a context with the guest as its viewer.
func (g Guest) Viewer(ctx context.Context) context.Context {
	return account.WithViewer(ctx, account.Viewer{UserID: g.UserID, Kind: party.GuestUser})
}
