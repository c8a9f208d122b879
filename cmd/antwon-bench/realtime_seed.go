//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// seed is a database with parties going on, of which each server that is measured gets a copy: so all begin with the same
// rows and the same versions.
type seed struct {
	Rooms []seededRoom
	Big   int // the index of the room with many songs
}

type seededRoom struct {
	ID     string
	Items  []string
	Guests []seededGuest
}

type seededGuest struct{ UserID, Token string }

const (
	songs        = 50
	manySongs    = 500
	guestsOfRoom = 8
	seedFile     = "seed.db"
	manifestFile = "seed.json"
)

// sow makes the database: so many rooms, and one more that is big.
func sow(ctx context.Context, folder string, rooms int) (*seed, error) {
	p, err := newParty(ctx, "sqlite:"+filepath.Join(folder, seedFile), rooms+1)
	if err != nil {
		return nil, err
	}
	defer p.close()
	s := &seed{Rooms: make([]seededRoom, rooms+1), Big: rooms}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for room := range s.Rooms {
		size := songs
		if room == s.Big {
			size = manySongs
		}
		group.Go(func() (err error) {
			s.Rooms[room], err = sowRoom(ctx, p, room, size)
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
	return s, os.WriteFile(filepath.Join(folder, manifestFile), manifest, 0o600)
}

func sowRoom(ctx context.Context, p *benchRoom, room, size int) (seededRoom, error) {
	r := seededRoom{ID: p.rooms[room].ID, Items: []string{p.items[room].ID}}
	for n := 1; n < size; n++ {
		added, err := p.AddSong(p.hosts[room], r.ID, uri(n), nil)
		if err != nil {
			return r, err
		}
		r.Items = append(r.Items, added.Item.ID)
	}
	for range guestsOfRoom {
		joined, err := p.JoinRoom(ctx, p.rooms[room].Code, "Guest")
		if err != nil {
			return r, err
		}
		r.Guests = append(r.Guests, seededGuest{joined.Session.User.UserID, joined.Session.AccessToken})
	}
	return r, nil
}

func readSeed(folder string) (*seed, error) {
	manifest, err := os.ReadFile(filepath.Join(folder, manifestFile))
	if err != nil {
		return nil, err
	}
	s := &seed{}
	return s, json.Unmarshal(manifest, s)
}

// viewer is the context of a guest's likes.
func (g seededGuest) viewer(ctx context.Context) context.Context {
	return account.WithViewer(ctx, account.Viewer{UserID: g.UserID, Kind: party.GuestUser})
}
