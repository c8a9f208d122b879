package spotify

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

const (
	enoughSongs = 10
	// seedSongs is how many recent songs Spotify takes for recommendations, seedArtists how many are searched for.
	seedSongs   = 5
	seedArtists = 3
	// searchDepth is how far down the songs of an artist are looked for.
	searchDepth = 40
)

type fallbackKey struct{ hostID, playlistURI string }

// source is one way to find music for when the queue is empty.
type source func(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, *failure)

// Suggest implements playback.Player. Songs that were found are remembered for ten minutes, and so is that there are none:
// most calls ask nothing.
func (c *Client) Suggest(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, error) {
	key := fallbackKey{hostID, seeds.PlaylistURI}
	pool, known := c.fallback.get(key)
	songs := fitting(pool, seeds)
	var failed *failure
	if len(songs) == 0 && !(known && len(pool) == 0) {
		pool, failed = c.gather(ctx, hostID, seeds)
		if songs = fitting(pool, seeds); len(songs) == 0 {
			pool = nil
		}
		if len(songs) > 0 || failed == nil || !failed.passes() {
			c.fallback.add(key, pool)
		}
	}
	if len(songs) == 0 {
		songs = again(seeds)
	}
	if len(songs) == 0 {
		return nil, failed.fault()
	}
	return songs, nil
}

// gather takes the chosen playlist's songs or, where none is left, climbs down from the best source until there are enough. A
// source that fails leaves it to the next, unless Spotify does not want to be asked at all.
func (c *Client) gather(ctx context.Context, hostID string, seeds playback.Seeds) (pool []party.Song, last *failure) {
	pool, last = c.chosen(ctx, hostID, seeds)
	if len(fitting(pool, seeds)) > 0 || last != nil && last.endsAsking() {
		return pool, last
	}
	for _, next := range []source{c.recommended, c.sameArtists, c.top, c.saved} {
		songs, failed := next(ctx, hostID, seeds)
		pool, last = append(pool, songs...), cmp.Or(failed, last)
		if len(fitting(pool, seeds)) >= enoughSongs || failed != nil && failed.endsAsking() {
			break
		}
	}
	return pool, last
}

// endsAsking says that the next call would fail like this one.
func (f *failure) endsAsking() bool {
	return f.kind == playback.CoolingDown || f.kind == playback.ReconnectNeeded && f.why != party.ReasonScope ||
		f.why == party.ReasonNotListed || f.why == party.ReasonOwnerPremium
}

// passes says that the same call may succeed soon.
func (f *failure) passes() bool { return f.kind == playback.Unreachable || f.endsAsking() }

// fitting are the songs that can be played, that the room can take, and that are none of the recent ones, each once.
func fitting(songs []party.Song, seeds playback.Seeds) []party.Song {
	seen := make(map[string]bool)
	for _, song := range seeds.Recent {
		mark(seen, song)
	}
	var fit []party.Song
	for _, song := range songs {
		if song.Playable && !seen[song.URI] && !seen[song.ISRC] && (seeds.Fits == nil || seeds.Fits(song)) {
			fit = append(fit, song)
			mark(seen, song)
		}
	}
	return fit
}

// mark remembers a song by its URI, and by its recording where that is known.
func mark(seen map[string]bool, song party.Song) {
	seen[song.URI] = true
	if song.ISRC != "" {
		seen[song.ISRC] = true
	}
}

// again are the recent songs that can be played, from the one that was heard longest ago on.
func again(seeds playback.Seeds) []party.Song {
	songs := fitting(seeds.Recent, playback.Seeds{Fits: seeds.Fits})
	slices.Reverse(songs)
	return songs
}

// recommended asks for Spotify's recommendations, which new apps do not get: whatever goes wrong, it is tried once a day.
func (c *Client) recommended(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, *failure) {
	key := capabilityKey{hostID, recommendation}
	if has, known := c.capabilities.get(key); known && !has || len(seeds.Recent) == 0 {
		return nil, nil
	}
	var ids []string
	for _, song := range seeds.Recent[:min(len(seeds.Recent), seedSongs)] {
		ids = append(ids, string(idOf(song.URI)))
	}
	var answer struct{ Tracks []zmb3.FullTrack }
	query := url.Values{"limit": {"20"}, "seed_tracks": {strings.Join(ids, ",")}}
	failed := c.ask(ctx, hostID, "recommendations", watcher, request{method: http.MethodGet, path: "recommendations", query: query}, &answer)
	if failed == nil || failed.status != 0 { // it was asked
		c.capabilities.add(key, failed == nil)
	}
	return songsOf(answer.Tracks, itself), failed
}

// chosen reads the playlist that the host chose, from anywhere in it on. It may be somebody else's, which is refused; that
// says nothing about others.
func (c *Client) chosen(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, *failure) {
	if seeds.PlaylistURI == "" || !c.may(ctx, hostID, scopePlaylists) {
		return nil, nil
	}
	page, failed := c.page(ctx, hostID, seeds.PlaylistURI, 0, watcher, seeds.PlaylistURI)
	if total := int64(page.Total); failed == nil && total > pageSize {
		page, failed = c.page(ctx, hostID, seeds.PlaylistURI, int(c.random(total-pageSize+1)), watcher, seeds.PlaylistURI)
	}
	return c.rotated(songsOf(page.Items, (*entry).song)), failed
}

// rotated keeps the order, but begins anywhere.
func (c *Client) rotated(songs []party.Song) []party.Song {
	if len(songs) == 0 {
		return nil
	}
	from := c.random(int64(len(songs)))
	return slices.Concat(songs[from:], songs[:from])
}

// sameArtists searches for more by those whose songs were heard.
func (c *Client) sameArtists(ctx context.Context, hostID string, seeds playback.Seeds) (songs []party.Song, last *failure) {
	for _, artist := range artists(seeds.Recent) {
		more, failed := c.byArtist(ctx, hostID, artist)
		songs, last = append(songs, more...), cmp.Or(failed, last)
		if failed != nil && failed.endsAsking() {
			break
		}
	}
	return songs, last
}

// byArtist begins anywhere among the songs, or at the first if there are fewer.
func (c *Client) byArtist(ctx context.Context, hostID, artist string) ([]party.Song, *failure) {
	key := searchKey{hostID, normalized(`artist:"` + artist + `"`), enoughSongs, int(c.random(searchDepth))}
	page, failed := c.find(ctx, key, watcher)
	if failed == nil && len(page.songs) == 0 && key.offset > 0 {
		key.offset = 0
		page, failed = c.find(ctx, key, watcher)
	}
	return page.songs, failed
}

// artists are the first artists of the last songs.
func artists(recent []party.Song) (names []string) {
	for _, song := range recent {
		if len(song.Artists) == 0 || len(names) == seedArtists {
			continue
		}
		name := strings.ReplaceAll(song.Artists[0], `"`, "")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// top are the songs that the host likes most.
func (c *Client) top(ctx context.Context, hostID string, _ playback.Seeds) ([]party.Song, *failure) {
	var page struct{ Items []zmb3.FullTrack }
	failed := c.library(ctx, hostID, "top", "me/top/tracks", scopeTop, &page)
	return c.shuffled(songsOf(page.Items, itself)), failed
}

// saved are the songs that the host has saved.
func (c *Client) saved(ctx context.Context, hostID string, _ playback.Seeds) ([]party.Song, *failure) {
	var page entries
	failed := c.library(ctx, hostID, "saved", "me/tracks", scopeLibrary, &page)
	return c.shuffled(songsOf(page.Items, (*entry).song)), failed
}

func (c *Client) library(ctx context.Context, hostID, name, path, scope string, page any) *failure {
	if !c.may(ctx, hostID, scope) {
		return nil
	}
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	return c.ask(ctx, hostID, name, watcher, request{method: http.MethodGet, path: path, query: query}, page)
}

// may says whether the host granted a scope. What else is wrong the call itself will tell.
func (c *Client) may(ctx context.Context, hostID, scope string) bool {
	g, err := c.tokens.load(ctx, hostID)
	return err != nil || g.allows(scope)
}

func (c *Client) shuffled(songs []party.Song) []party.Song {
	for i := len(songs) - 1; i > 0; i-- {
		j := c.random(int64(i) + 1)
		songs[i], songs[j] = songs[j], songs[i]
	}
	return songs
}
