package jukebox

import "context"

// Song is a recording as Spotify describes it. Clients never supply any of it: the server fetches it by its URI.
type Song struct {
	URI        string // spotify:track:…
	Name       string
	Artists    []string
	ArtistURIs []string // spotify:artist:…, in the order of Artists; empty where they are not known
	AlbumName  string
	ImageURL   *string // cover, nil where there is none
	DurationMS int
	Explicit   bool
	SpotifyURL string // the page to link to wherever the song is shown
	ISRC       string // empty where Spotify gives none
	Playable   bool   // whether Spotify plays it for the host, when it was fetched
}

// Catalog is Spotify's catalogue as one host sees it. Failures are *Error: NotFound for a URI that names nothing,
// UpstreamUnavailable (with RetryAfter) while Spotify does not answer.
type Catalog interface {
	// Search returns up to limit (1–10) songs from offset (0–990) on, and whether there are more.
	Search(ctx context.Context, hostID, query string, limit, offset int) (songs []Song, hasMore bool, err error)
	// Song returns one song by its URI (spotify:track:…).
	Song(ctx context.Context, hostID, uri string) (Song, error)
	// Artist returns the name of an artist by its URI (spotify:artist:…).
	Artist(ctx context.Context, hostID, uri string) (name string, err error)
}

// Library is what a host has at Spotify. Failures are like Catalog's.
type Library interface {
	// HostDevices returns what the host could play on.
	HostDevices(ctx context.Context, hostID string) ([]Device, error)
	// Playlists returns the host's playlists, up to limit (1–50) from offset on.
	Playlists(ctx context.Context, hostID string, limit, offset int) ([]Playlist, error)
	// SavePlaylist makes a private playlist with these songs, in this order.
	SavePlaylist(ctx context.Context, hostID, name, description string, uris []string) (Playlist, error)
}

// Playlist is a playlist of a host's Spotify account.
type Playlist struct {
	URI        string // spotify:playlist:…
	Name       string
	SongCount  int
	ImageURL   *string
	SpotifyURL string
}

// DemoAccounts makes simulated Spotify accounts for the demo's hosts.
type DemoAccounts interface {
	// NewAccount returns the credentials of a new account, sealed for this host.
	NewAccount(ctx context.Context, hostID, displayName string) (SpotifyCredentials, error)
}
