package spotify

import (
	"context"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
)

// State implements playback.Player. An answer of 204 means that no device is active.
func (c *Client) State(ctx context.Context, hostID string) (playback.Snapshot, error) {
	var state *zmb3.PlayerState
	failed := c.call(hostID, "player", func(api *zmb3.Client) (err error) {
		state, err = api.PlayerState(ctx)
		return err
	})
	if failed != nil {
		return playback.Snapshot{}, failed.fault()
	}
	snapshot := playback.Snapshot{
		At: time.Now(), Progress: time.Duration(state.Progress) * time.Millisecond, Playing: state.Playing, Device: deviceOf(state.Device),
	}
	if isSong(state.Item) {
		song := songOf(state.Item)
		snapshot.Song = &song
	}
	return snapshot, nil
}

// Play implements playback.Player.
func (c *Client) Play(ctx context.Context, hostID, uri, deviceID string) error {
	options := &zmb3.PlayOptions{URIs: []zmb3.URI{zmb3.URI(uri)}}
	if deviceID != "" {
		id := zmb3.ID(deviceID)
		options.DeviceID = &id
	}
	return c.call(hostID, "play", func(api *zmb3.Client) error {
		return api.PlayOpt(ctx, options)
	}).fault()
}

// Enqueue implements playback.Player.
func (c *Client) Enqueue(ctx context.Context, hostID, uri string) error {
	return c.call(hostID, "enqueue", func(api *zmb3.Client) error {
		return api.QueueSong(ctx, idOf(uri))
	}).fault()
}

// Queue implements playback.Player.
func (c *Client) Queue(ctx context.Context, hostID string) (songs []jukebox.Song, err error) {
	failed := c.call(hostID, "queue", func(api *zmb3.Client) error {
		queue, err := api.GetQueue(ctx)
		if err != nil {
			return err
		}
		for _, track := range append([]zmb3.FullTrack{queue.CurrentlyPlaying}, queue.Items...) {
			if isSong(&track) {
				songs = append(songs, songOf(&track))
			}
		}
		return nil
	})
	return songs, failed.fault()
}

// Next implements playback.Player.
func (c *Client) Next(ctx context.Context, hostID string) error {
	return c.call(hostID, "next", func(api *zmb3.Client) error { return api.Next(ctx) }).fault()
}

// deviceOf returns nil for the empty device of a 204. A device may have no id.
func deviceOf(d zmb3.PlayerDevice) *jukebox.Device {
	if d == (zmb3.PlayerDevice{}) {
		return nil
	}
	volume := int(d.Volume)
	return &jukebox.Device{
		ID: string(d.ID), Name: d.Name, Type: d.Type, IsActive: d.Active, IsRestricted: d.Restricted, VolumePercent: &volume,
	}
}
