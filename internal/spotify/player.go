package spotify

import (
	"cmp"
	"context"
	"net/url"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/playback"
)

// playerState is the zmb3 library's type with another device, and with fields that the library lacks.
type playerState struct {
	zmb3.CurrentlyPlaying
	Device       device `json:"device"`
	RepeatState  string `json:"repeat_state"`
	ShuffleState bool   `json:"shuffle_state"`
	Type         string `json:"currently_playing_type"`
}

// other returns what is loaded if it is no song.
func (s *playerState) other() *playback.OtherItem {
	switch {
	case isSong(s.Item), s.Item == nil && !s.Playing:
		return nil
	case s.Item == nil:
		return &playback.OtherItem{Advertisement: s.Type == "ad"}
	}
	duration := time.Duration(s.Item.Duration) * time.Millisecond
	return &playback.OtherItem{Advertisement: s.Type == "ad", URI: string(s.Item.URI), Duration: duration}
}

// State implements playback.Player. A response of 204 means that no device is active.
func (c *Client) State(ctx context.Context, hostID string) (playback.Observation, error) {
	var state playerState
	episodesToo := url.Values{"additional_types": {"episode"}}
	failed := c.jsonCall(ctx, hostID, "player", polling, get("me/player", episodesToo), &state)
	if failed != nil {
		return playback.Observation{}, failed.fault()
	}
	snapshot := playback.Observation{
		At: time.Now(), Progress: time.Duration(state.Progress) * time.Millisecond, Playing: state.Playing,
		Other: state.other(), Device: toDevice(state.Device), Context: string(state.PlaybackContext.URI),
		Repeat: cmp.Or(state.RepeatState, "off") != "off", Shuffle: state.ShuffleState,
	}
	if isSong(state.Item) {
		song := toSong(state.Item)
		snapshot.Song = &song
	}
	return snapshot, nil
}

// Play implements playback.Player.
func (c *Client) Play(ctx context.Context, hostID, uri, deviceID string, position time.Duration) error {
	options := &zmb3.PlayOptions{URIs: []zmb3.URI{zmb3.URI(uri)}}
	if position > 0 {
		options.PositionMs = zmb3.Numeric(position.Milliseconds())
	}
	return c.play(ctx, hostID, "play", deviceID, options)
}

// PlayPlaylist implements playback.Player.
func (c *Client) PlayPlaylist(ctx context.Context, hostID, playlistURI, uri, deviceID string) error {
	list := zmb3.URI(playlistURI)
	options := &zmb3.PlayOptions{PlaybackContext: &list}
	if uri != "" {
		options.PlaybackOffset = &zmb3.PlaybackOffset{URI: zmb3.URI(uri)}
	}
	return c.play(ctx, hostID, "play_playlist", deviceID, options)
}

// Resume implements playback.Player.
func (c *Client) Resume(ctx context.Context, hostID, deviceID string) error {
	return c.play(ctx, hostID, "resume", deviceID, nil)
}

func (c *Client) play(ctx context.Context, hostID, name, deviceID string, options *zmb3.PlayOptions) error {
	if deviceID != "" {
		defer c.invalidateDevices(hostID)
		options = cmp.Or(options, &zmb3.PlayOptions{})
		options.DeviceID = (*zmb3.ID)(&deviceID)
	}
	return c.libraryCall(hostID, name, control, func(api *zmb3.Client) error { return api.PlayOpt(ctx, options) }).fault()
}

// Pause implements playback.Player.
func (c *Client) Pause(ctx context.Context, hostID string) error {
	return c.libraryCall(hostID, "pause", control, func(api *zmb3.Client) error { return api.Pause(ctx) }).fault()
}

// Next implements playback.Player.
func (c *Client) Next(ctx context.Context, hostID string) error {
	return c.libraryCall(hostID, "next", control, func(api *zmb3.Client) error { return api.Next(ctx) }).fault()
}

// ResetShuffleAndRepeat implements playback.Player. It turns off both repeat and shuffle, even if one of the two
// requests fails.
func (c *Client) ResetShuffleAndRepeat(ctx context.Context, hostID string) error {
	repeat := c.libraryCall(hostID, "repeat", control, func(api *zmb3.Client) error { return api.Repeat(ctx, "off") })
	shuffle := c.libraryCall(hostID, "shuffle", control, func(api *zmb3.Client) error { return api.Shuffle(ctx, false) })
	return cmp.Or(repeat, shuffle).fault()
}

// Enqueue implements playback.Player.
func (c *Client) Enqueue(ctx context.Context, hostID, uri string) error {
	return c.libraryCall(hostID, "enqueue", control, func(api *zmb3.Client) error {
		return api.QueueSong(ctx, idOf(uri))
	}).fault()
}

// Queue implements playback.Player.
func (c *Client) Queue(ctx context.Context, hostID string) (queue playback.Queue, err error) {
	failed := c.libraryCall(hostID, "queue", control, func(api *zmb3.Client) error {
		answer, err := api.GetQueue(ctx)
		if err != nil {
			return err
		}
		queue.Next = toSongs(answer.Items, trackItself)
		if isSong(&answer.CurrentlyPlaying) {
			current := toSong(&answer.CurrentlyPlaying)
			queue.Current = &current
		}
		return nil
	})
	return queue, failed.fault()
}
