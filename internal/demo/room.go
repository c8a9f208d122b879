package demo

import (
	"context"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

const (
	roomCode = "PARTY"
	roomName = "The demo party"
	// firstSongs is how many songs of the catalogue a new room's queue gets, apart from those that cannot be played.
	firstSongs = 6
)

// OpenRoom returns the room of the demo's own host. If none is open it creates one, with a few songs in its queue and,
// if no other room has it, the code PARTY. Before that it moves the covers of all songs to Config.CoverURL.
func (d *Demo) OpenRoom(ctx context.Context, accounts *account.Accounts, j *jukebox.Jukebox) (*party.Room, error) {
	if err := d.moveCovers(ctx, d.cfg.CoverURL+"/"); err != nil {
		return nil, err
	}
	host, err := d.signInHost(ctx, accounts)
	if err != nil {
		return nil, err
	}
	ctx = account.WithViewer(ctx, host.User)
	profile, err := accounts.Profile(ctx)
	if err != nil {
		return nil, err
	}
	room, err := j.HostedRoom(ctx, profile)
	if err != nil || room != nil {
		return room, err
	}
	if room, err = createRoom(ctx, j); err != nil {
		return nil, err
	}
	return room, d.addSongs(ctx, j, room)
}

func createRoom(ctx context.Context, j *jukebox.Jukebox) (*party.Room, error) {
	code, name := roomCode, roomName
	room, err := j.CreateRoom(ctx, jukebox.RoomInput{Code: &code, Name: &name}, nil)
	if party.CodeOf(err) == party.Conflict { // the room of another host of the demo has the code
		return j.CreateRoom(ctx, jukebox.RoomInput{Name: &name}, nil)
	}
	return room, err
}

// addSongs adds songs from all over the catalogue to the room's queue, as the viewer.
func (d *Demo) addSongs(ctx context.Context, j *jukebox.Jukebox, room *party.Room) error {
	catalogue := d.cfg.Simulator.Catalogue()
	for n := range firstSongs {
		_, err := j.AddSong(ctx, room.ID, catalogue[n*len(catalogue)/firstSongs].URI, nil)
		if err != nil && party.CodeOf(err) != party.Refused { // the catalogue has some songs that cannot be played
			return err
		}
	}
	return nil
}
