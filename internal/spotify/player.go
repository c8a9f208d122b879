package spotify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
)

// playerState is the library's, but for a volume that may be null. The library reads null as 0.
type playerState struct {
	zmb3.CurrentlyPlaying
	Device device `json:"device"`
}

type device struct {
	zmb3.PlayerDevice
	Volume *zmb3.Numeric `json:"volume_percent"`
}

// State implements playback.Player. An answer of 204 means that no device is active.
func (c *Client) State(ctx context.Context, hostID string) (playback.Snapshot, error) {
	var state playerState
	failed := c.send(hostID, "player", func(web *http.Client) error {
		return get(ctx, web, c.api+"me/player", &state)
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

// get reads what is at url. An answer of 204 leaves it as it was.
func get(ctx context.Context, web *http.Client, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := web.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return json.NewDecoder(response.Body).Decode(into)
	case http.StatusNoContent:
		return nil
	}
	return errors.New(response.Status)
}

// deviceOf returns nil for the empty device of a 204. A device may have no id.
func deviceOf(d device) *jukebox.Device {
	if d == (device{}) {
		return nil
	}
	return &jukebox.Device{
		ID: string(d.ID), Name: d.Name, Type: d.Type, IsActive: d.Active, IsRestricted: d.Restricted, VolumePercent: (*int)(d.Volume),
	}
}
