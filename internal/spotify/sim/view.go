package sim

import (
	"net/url"
	"strconv"
	"time"
)

// view shows things as the Web API does ("Spotify's Web API reference", objects, without what Development Mode lost in
// February 2026).
type view struct {
	api    string // base of href, "http://127.0.0.1:8080/v1"
	covers string // base of cover pictures, "" for none
	songs  *catalogue
	now    time.Time
}

// object is what all objects of the Web API begin with.
type object struct {
	Type         string            `json:"type"`
	ID           string            `json:"id"`
	URI          string            `json:"uri"`
	Href         string            `json:"href"`
	ExternalURLs map[string]string `json:"external_urls"`
}

type image struct {
	URL    string `json:"url"`
	Height int    `json:"height"`
	Width  int    `json:"width"`
}

type artistObject struct {
	object
	Name string `json:"name"`
}

type albumObject struct {
	object
	Name                 string         `json:"name"`
	AlbumType            string         `json:"album_type"`
	ReleaseDate          string         `json:"release_date"`
	ReleaseDatePrecision string         `json:"release_date_precision"`
	TotalTracks          int            `json:"total_tracks"`
	Artists              []artistObject `json:"artists"`
	Images               []image        `json:"images"`
}

type trackObject struct {
	object
	Name        string            `json:"name"`
	DurationMS  int               `json:"duration_ms"`
	Explicit    bool              `json:"explicit"`
	IsLocal     bool              `json:"is_local"`
	IsPlayable  bool              `json:"is_playable"`
	DiscNumber  int               `json:"disc_number"`
	TrackNumber int               `json:"track_number"`
	ExternalIDs map[string]string `json:"external_ids"`
	Artists     []artistObject    `json:"artists"`
	Album       albumObject       `json:"album"`
}

type userObject struct {
	object
	AccountID   string  `json:"account_id"`
	DisplayName string  `json:"display_name"`
	Images      []image `json:"images"`
}

type deviceObject struct {
	ID               string `json:"id"`
	IsActive         bool   `json:"is_active"`
	IsPrivateSession bool   `json:"is_private_session"`
	IsRestricted     bool   `json:"is_restricted"`
	Name             string `json:"name"`
	Type             string `json:"type"`
	VolumePercent    int    `json:"volume_percent"`
	SupportsVolume   bool   `json:"supports_volume"`
}

type playbackObject struct {
	Device               deviceObject               `json:"device"`
	RepeatState          string                     `json:"repeat_state"`
	ShuffleState         bool                       `json:"shuffle_state"`
	SmartShuffle         bool                       `json:"smart_shuffle"`
	Timestamp            int64                      `json:"timestamp"` // when the state last changed, unix ms
	Context              *object                    `json:"context"`
	ProgressMS           int64                      `json:"progress_ms"`
	IsPlaying            bool                       `json:"is_playing"`
	CurrentlyPlayingType string                     `json:"currently_playing_type"`
	Item                 trackObject                `json:"item"`
	Actions              map[string]map[string]bool `json:"actions"`
}

type queueObject struct {
	CurrentlyPlaying *trackObject  `json:"currently_playing"`
	Queue            []trackObject `json:"queue"`
}

type pageObject struct {
	Href     string        `json:"href"`
	Limit    int           `json:"limit"`
	Offset   int           `json:"offset"`
	Total    int           `json:"total"`
	Next     *string       `json:"next"`
	Previous *string       `json:"previous"`
	Items    []trackObject `json:"items"`
}

func (v view) object(kind, id string) object {
	return object{
		Type:         kind,
		ID:           id,
		URI:          "spotify:" + kind + ":" + id,
		Href:         v.api + "/" + kind + "s/" + id,
		ExternalURLs: map[string]string{"spotify": "https://open.spotify.com/" + kind + "/" + id},
	}
}

func (v view) artist(a artist) artistObject {
	return artistObject{object: v.object("artist", a.id), Name: a.name}
}

func (v view) album(a *album) albumObject {
	return albumObject{
		object:               v.object("album", a.id),
		Name:                 a.name,
		AlbumType:            a.kind,
		ReleaseDate:          a.released.Format(time.DateOnly),
		ReleaseDatePrecision: "day",
		TotalTracks:          a.tracks,
		Artists:              []artistObject{v.artist(a.artist)},
		Images:               v.images(a),
	}
}

func (v view) images(a *album) []image {
	images := []image{}
	if v.covers == "" {
		return images
	}
	for _, size := range []int{640, 300, 64} {
		images = append(images, image{URL: v.covers + "/" + a.id + ".svg?size=" + strconv.Itoa(size), Height: size, Width: size})
	}
	return images
}

func (v view) track(t *track) trackObject {
	artists := make([]artistObject, len(t.artists))
	for i, a := range t.artists {
		artists[i] = v.artist(a)
	}
	return trackObject{
		object:      v.object("track", t.ID),
		Name:        t.Name,
		DurationMS:  t.DurationMS,
		Explicit:    t.Explicit,
		IsPlayable:  t.Playable,
		DiscNumber:  1,
		TrackNumber: t.number,
		ExternalIDs: map[string]string{"isrc": t.ISRC},
		Artists:     artists,
		Album:       v.album(t.album),
	}
}

func (v view) tracks(ts []*track) []trackObject {
	objects := make([]trackObject, len(ts))
	for i, t := range ts {
		objects[i] = v.track(t)
	}
	return objects
}

func (v view) me(a Account) userObject {
	return userObject{object: v.object("user", a.ID), AccountID: a.ID, DisplayName: a.DisplayName, Images: []image{}}
}

func (v view) device(d device) deviceObject {
	return deviceObject{ID: d.ID, IsActive: d.Active, Name: d.Name, Type: "Speaker", VolumePercent: 60, SupportsVolume: true}
}

func (v view) devices(d device) any {
	return map[string][]deviceObject{"devices": {v.device(d)}}
}

func (v view) playback(a account) playbackObject {
	disallowed := "pausing"
	if a.Player.Playing {
		disallowed = "resuming"
	}
	return playbackObject{
		Device:               v.device(a.Device),
		RepeatState:          "off",
		Timestamp:            a.Player.Since.UnixMilli(),
		ProgressMS:           a.Player.progress(v.now).Milliseconds(),
		IsPlaying:            a.Player.Playing,
		CurrentlyPlayingType: "track",
		Item:                 v.track(v.songs.byID[a.Player.Track]),
		Actions:              map[string]map[string]bool{"disallows": {disallowed: true}},
	}
}

// queue shows at most twenty upcoming tracks, and does not tell the queued from the rest of the list.
func (v view) queue(a account) queueObject {
	shown := queueObject{Queue: []trackObject{}}
	if !a.Device.Active {
		return shown
	}
	if t := v.songs.byID[a.Player.Track]; t != nil {
		current := v.track(t)
		shown.CurrentlyPlaying = &current
	}
	for _, id := range window(a.Player.upcoming(), 20, 0) {
		shown.Queue = append(shown.Queue, v.track(v.songs.byID[id]))
	}
	return shown
}

// page shows part of a search's results. Its links repeat the request's URL with limit and offset set.
func (v view) page(request *url.URL, found []*track, limit, offset int) pageObject {
	link := func(offset int) *string {
		query := request.Query()
		query.Set("limit", strconv.Itoa(limit))
		query.Set("offset", strconv.Itoa(offset))
		target := v.api + "/search?" + query.Encode()
		return &target
	}
	page := pageObject{Href: *link(offset), Limit: limit, Offset: offset, Total: len(found)}
	page.Items = v.tracks(window(found, limit, offset))
	if limit > 0 && offset+limit < len(found) {
		page.Next = link(offset + limit)
	}
	if offset > 0 {
		page.Previous = link(max(0, offset-limit))
	}
	return page
}
