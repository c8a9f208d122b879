package sim

import (
	"strings"
	"time"
)

type deviceObject struct {
	ID               *string `json:"id"`
	IsActive         bool    `json:"is_active"`
	IsPrivateSession bool    `json:"is_private_session"`
	IsRestricted     bool    `json:"is_restricted"`
	Name             string  `json:"name"`
	Type             string  `json:"type"`
	VolumePercent    *int    `json:"volume_percent"`
	SupportsVolume   bool    `json:"supports_volume"`
}

type contextObject struct {
	Type         string            `json:"type"`
	URI          string            `json:"uri"`
	Href         string            `json:"href"`
	ExternalURLs map[string]string `json:"external_urls"`
}

type playbackObject struct {
	Device               *deviceObject              `json:"device"`
	RepeatState          string                     `json:"repeat_state"`
	ShuffleState         bool                       `json:"shuffle_state"`
	SmartShuffle         bool                       `json:"smart_shuffle"`
	Timestamp            int64                      `json:"timestamp"` // when the state last changed, in Unix milliseconds
	Context              *contextObject             `json:"context"`
	ProgressMS           *int64                     `json:"progress_ms"`
	IsPlaying            bool                       `json:"is_playing"`
	CurrentlyPlayingType string                     `json:"currently_playing_type"`
	Item                 any                        `json:"item"` // null for advertisements
	Actions              map[string]map[string]bool `json:"actions"`
}

type queueObject struct {
	CurrentlyPlaying *trackObject  `json:"currently_playing"`
	Queue            []trackObject `json:"queue"`
}

func (v view) device(d Device) deviceObject {
	shown := deviceObject{
		ID: &d.ID, IsActive: d.Active, IsPrivateSession: d.Private, IsRestricted: d.Restricted, Name: v.name(d.Name),
		Type: d.Type, VolumePercent: d.Volume, SupportsVolume: !d.FixedVolume,
	}
	if d.WithoutID {
		shown.ID = nil
	}
	return shown
}

func devices(c *call) (any, error) {
	list := []deviceObject{}
	for _, d := range c.account.Devices {
		if !d.Gone {
			list = append(list, c.view.device(d))
		}
	}
	return map[string]any{"devices": list}, nil
}

// playback serves GET me/player and GET me/player/currently-playing.
func (s *Spotify) playback(c *call) (any, error) { return s.respond(c, false, showPlayback), nil }

// showPlayback returns the state of the player, or nil while no device is active, during a private session, and before
// anything has played.
func showPlayback(c *call) any {
	a := c.account
	if s := a.Switches.Stale; s > 0 && !a.lastCommand.IsZero() && c.now.Before(a.lastCommand.Add(s)) {
		a.Player = advance(a.playerBefore, c.now, c.options)
	}
	at := activeIndex(a.Devices)
	if at < 0 || a.Devices[at].Private || a.Player.Track == "" {
		return nil
	}
	episodes := strings.Contains(c.URL.Query().Get("additional_types"), "episode")
	return c.view.playback(a, a.Devices[at], episodes)
}

func (v view) playback(a account, on Device, episodes bool) playbackObject {
	p, device := a.Player, v.device(on)
	shown := playbackObject{
		Device:               &device,
		RepeatState:          "off",
		ShuffleState:         p.Shuffle,
		Timestamp:            p.Since.UnixMilli(),
		Context:              v.context(p.Context),
		ProgressMS:           v.progress(a),
		IsPlaying:            p.Playing,
		CurrentlyPlayingType: "track",
		Item:                 v.track(v.songs.byID[p.Track]),
		Actions:              map[string]map[string]bool{"disallows": disallowedActions(p, v.now)},
	}
	if p.Repeat != "" {
		shown.RepeatState = p.Repeat
	}
	if a.Switches.WithoutContext {
		shown.Context = nil
	}
	if with := p.interlude(v.now); with != "" {
		shown.Item, shown.CurrentlyPlayingType, shown.Context = nil, with, nil
		switch {
		case with == "episode" && episodes:
			shown.Item = v.episode()
		case with == "local":
			shown.Item, shown.CurrentlyPlayingType = localFile(), "track"
		}
	}
	return shown
}

// episodeMS and localFileMS are how long the items last that interrupt songs, in milliseconds.
const (
	episodeMS   = 1_800_000
	localFileMS = 215_000
)

func (v view) progress(a account) *int64 {
	ms := a.Player.progress(v.now).Milliseconds()
	left := a.Player.Since.Sub(v.now).Milliseconds() // of an interlude
	switch with := a.Player.interlude(v.now); {
	case a.Switches.Progress == "null":
		return nil
	case a.Switches.Progress == "zero":
		ms = 0
	case with == "ad":
		ms = 0
	case with == "local":
		ms = max(0, localFileMS-left)
	case with != "":
		ms = max(0, episodeMS-left)
	}
	return &ms
}

func disallowedActions(p player, now time.Time) map[string]bool {
	not := map[string]bool{"pausing": true}
	if p.Playing {
		not = map[string]bool{"resuming": true}
	}
	if p.interlude(now) == "ad" {
		not["skipping_next"], not["skipping_prev"], not["seeking"] = true, true, true
	}
	return not
}

// context returns the object of a context, and nil for a list of single tracks.
func (v view) context(uri string) *contextObject {
	parts := strings.Split(uri, ":")
	if len(parts) != 3 {
		return nil
	}
	o := v.object(parts[1], parts[2])
	return &contextObject{o.Type, o.URI, o.Href, o.ExternalURLs}
}

// maxShownQueue is how many upcoming tracks Spotify shows.
const maxShownQueue = 20

// queue serves GET me/player/queue.
func (s *Spotify) queue(c *call) (any, error) { return s.respond(c, true, showQueue), nil }

// showQueue returns the current track and the upcoming ones. Like Spotify it does not distinguish queued tracks from
// the rest of the list and from those of autoplay.
func showQueue(c *call) any {
	shown := queueObject{Queue: []trackObject{}}
	p, songs := c.account.Player, c.view.songs
	if activeIndex(c.account.Devices) < 0 {
		return shown
	}
	if t := songs.byID[p.Track]; t != nil && p.interlude(c.now) == "" {
		current := c.view.track(t)
		shown.CurrentlyPlaying = &current
	}
	for _, id := range pageAt(p.upcoming(c.options), maxShownQueue, 0) {
		shown.Queue = append(shown.Queue, c.view.track(songs.byID[id]))
	}
	return shown
}

// localFile returns a file of the host's own, of which Spotify knows only the metadata in the file.
func localFile() any {
	return map[string]any{
		"type": "track", "id": nil, "uri": "spotify:local:Nobody::At+Home:215", "href": nil, "name": "At Home",
		"is_local": true, "is_playable": true, "duration_ms": localFileMS, "explicit": false,
		"external_ids":  map[string]string{},
		"external_urls": map[string]string{}, "artists": []any{map[string]any{"type": "artist", "name": "Nobody"}},
		"album": map[string]any{"type": "album", "name": "", "images": []image{}},
	}
}

// unknownItem returns an item of a type that the reference does not know.
func (v view) unknownItem() any {
	return mergeObject(v.object("audiobook", base62("audiobook")), map[string]any{"name": "A Book", "duration_ms": 60_000})
}

// episode returns the only podcast episode there is.
func (v view) episode() any {
	markets := v.markets()
	if markets == nil {
		markets = []string{}
	}
	about := map[string]any{
		"description": "An invented podcast.", "html_description": "An invented podcast.", "explicit": false,
		"images":               []image{},
		"is_externally_hosted": false, "languages": []string{"en"},
	}
	show := mergeObject(v.object("show", base62("show")), about, map[string]any{
		"name": "Talking over Music", "available_markets": markets, "copyrights": []string{}, "media_type": "audio",
		"publisher": "Nobody", "total_episodes": 1,
	})
	return mergeObject(v.object("episode", base62("episode")), about, map[string]any{
		"name": "The One with the Guest", "duration_ms": episodeMS, "is_playable": true, "release_date": "2026-11-01",
		"release_date_precision": "day", "audio_preview_url": nil, "show": show,
	})
}

// mergeObject returns an object with additional properties.
func mergeObject(o object, parts ...map[string]any) map[string]any {
	all := map[string]any{"type": o.Type, "id": o.ID, "uri": o.URI, "href": o.Href, "external_urls": o.ExternalURLs}
	for _, part := range parts {
		for name, value := range part {
			all[name] = value
		}
	}
	return all
}
