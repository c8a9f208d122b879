package sim

import (
	"net/url"
	"strconv"
	"time"
)

// view builds the objects of the Web API (Web API reference, objects). It includes what Development Mode lost in
// February 2026 for extended apps only.
type view struct {
	api      string // base of href, "http://127.0.0.1:8080/v1"
	covers   string // base of the URLs of covers; empty: albums have no images
	songs    *catalogue
	now      time.Time
	extended bool

	longNames, longURLs int // see AppSwitches
}

// object has the fields that all objects of the Web API share.
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

	Images     *[]image   `json:"images,omitempty"`
	Followers  *followers `json:"followers,omitempty"`
	Genres     []string   `json:"genres,omitempty"`
	Popularity int        `json:"popularity,omitempty"`
}

type followers struct {
	Href  *string `json:"href"`
	Total int     `json:"total"`
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

	AvailableMarkets []string `json:"available_markets,omitempty"`
	AlbumGroup       string   `json:"album_group,omitempty"`
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
	ExternalIDs map[string]string `json:"external_ids,omitempty"` // omitted in simplified objects
	Artists     []artistObject    `json:"artists"`
	Album       *albumObject      `json:"album,omitempty"` // omitted in simplified objects

	AvailableMarkets []string `json:"available_markets,omitempty"`
	Popularity       *int     `json:"popularity,omitempty"`
}

type userObject struct {
	object
	AccountID   string  `json:"account_id,omitempty"`
	DisplayName string  `json:"display_name"`
	Images      []image `json:"images"`

	Country         string          `json:"country,omitempty"`
	Email           string          `json:"email,omitempty"`
	Product         string          `json:"product,omitempty"`
	ExplicitContent map[string]bool `json:"explicit_content,omitempty"`
	Followers       *followers      `json:"followers,omitempty"`
}

type page[T any] struct {
	Href     string  `json:"href"`
	Limit    int     `json:"limit"`
	Offset   int     `json:"offset"`
	Total    int     `json:"total"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Items    []T     `json:"items"`
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

func (v view) markets() []string {
	if v.extended {
		return []string{"AT", "CH", "DE", "GB", "US"}
	}
	return nil
}

func (v view) artist(a artist) artistObject {
	return artistObject{object: v.object("artist", a.id), Name: v.name(a.name)}
}

func (v view) fullArtist(a artist) artistObject {
	shown := v.artist(a)
	shown.Images = &[]image{}
	if v.extended {
		shown.Followers, shown.Genres, shown.Popularity = &followers{Total: 1000 + len(a.name)}, []string{"indie"}, 40
	}
	return shown
}

func (v view) album(a *album) albumObject {
	return albumObject{
		object:               v.object("album", a.id),
		Name:                 v.name(a.name),
		AlbumType:            a.kind,
		ReleaseDate:          a.released.Format(time.DateOnly),
		ReleaseDatePrecision: "day",
		TotalTracks:          a.tracks,
		Artists:              []artistObject{v.artist(a.artist)},
		Images:               v.images(a),
		AvailableMarkets:     v.markets(),
	}
}

func (v view) artistAlbum(on *album, of artist) albumObject {
	shown := v.album(on)
	if v.extended {
		shown.AlbumGroup = groupOf(on, of)
	}
	return shown
}

func (v view) images(a *album) []image {
	images := []image{}
	if v.covers == "" && v.longURLs == 0 {
		return images
	}
	for _, size := range []int{640, 300, 64} {
		address := v.covers + "/" + a.id + ".svg?size=" + strconv.Itoa(size)
		images = append(images, image{URL: v.address(address), Height: size, Width: size})
	}
	return images
}

func (v view) track(t *track) trackObject {
	shown, album := v.simpleTrack(t), v.album(t.album)
	shown.ExternalIDs, shown.Album = map[string]string{"isrc": t.ISRC}, &album
	if v.extended {
		popularity := 20 + t.DurationMS%60
		shown.Popularity = &popularity
	}
	return shown
}

func (v view) simpleTrack(t *track) trackObject {
	artists := make([]artistObject, len(t.artists))
	for i, a := range t.artists {
		artists[i] = v.artist(a)
	}
	return trackObject{
		object:           v.object("track", t.ID),
		Name:             v.name(t.Name),
		DurationMS:       t.DurationMS,
		Explicit:         t.Explicit,
		IsPlayable:       t.Playable,
		DiscNumber:       1,
		TrackNumber:      t.number,
		Artists:          artists,
		AvailableMarkets: v.markets(),
	}
}

func (v view) tracks(ts []*track) []trackObject {
	objects := make([]trackObject, len(ts))
	for i, t := range ts {
		objects[i] = v.track(t)
	}
	return objects
}

func (v view) user(a Account) userObject {
	return userObject{object: v.object("user", a.ID), DisplayName: v.name(a.DisplayName), Images: []image{}}
}

func (v view) me(a account) userObject {
	shown := v.user(a.Account)
	shown.AccountID = a.ID
	if v.extended {
		shown.Country, shown.Email, shown.Product = "DE", a.ID+"@example.org", "premium"
		if a.Switches.Free {
			shown.Product = "free"
		}
		shown.ExplicitContent = map[string]bool{"filter_enabled": false, "filter_locked": false}
		shown.Followers = &followers{}
	}
	return shown
}

// pageOf returns a page of a list. Its links repeat the request's URL with another limit and offset.
func pageOf[T, O any](
	v view, request *url.URL, path string, all []T, limit, offset int, show func(T) O,
) page[O] {
	link := func(offset int) *string {
		query := request.Query()
		query.Set("limit", strconv.Itoa(limit))
		query.Set("offset", strconv.Itoa(offset))
		target := v.api + path + "?" + query.Encode()
		return &target
	}
	p := page[O]{Href: *link(offset), Limit: limit, Offset: offset, Total: len(all), Items: []O{}}
	for _, one := range pageAt(all, limit, offset) {
		p.Items = append(p.Items, show(one))
	}
	if limit > 0 && offset+limit < len(all) {
		p.Next = link(offset + limit)
	}
	if offset > 0 {
		p.Previous = link(max(0, offset-limit))
	}
	return p
}
