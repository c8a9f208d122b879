package spotify

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

const (
	// wantedSongs is how many songs are enough to ask no further source.
	wantedSongs = 10
	// maxSeedSongs is how many recent songs Spotify accepts as seeds of recommendations. maxSeedArtists is how many recent
	// artists are searched for.
	maxSeedSongs   = 5
	maxSeedArtists = 3
	// searchOffsets is the number of offsets at which a search for an artist's songs may start.
	searchOffsets = 40
)

type fallbackKey struct{ hostID, playlistURI string }

// fallbackSource finds songs for a room with an empty queue. It returns neither songs nor a failure if the host lacks
// what it needs.
type fallbackSource func(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, *failure)

// Suggest implements playback.Player. It caches the songs that it found, or that there are none, for ten minutes, so
// most calls send no request.
func (c *Client) Suggest(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, error) {
	key := fallbackKey{hostID, seeds.PlaylistURI}
	pool, known := c.fallback.get(key)
	songs := eligible(pool, seeds)
	var failed *failure
	if len(songs) == 0 && !(known && len(pool) == 0) {
		pool, failed = c.collectFallback(ctx, hostID, seeds)
		if songs = eligible(pool, seeds); len(songs) == 0 {
			pool = nil
		}
		if len(songs) > 0 || failed == nil || !failed.isTransient() {
			c.fallback.add(key, pool)
		}
	}
	if len(songs) == 0 {
		songs = leastRecent(seeds)
	}
	if len(songs) == 0 {
		return nil, failed.fault()
	}
	return songs, nil
}

// collectFallback returns the songs of the chosen playlist or, if none of them is eligible, collects songs from the
// other sources, the best first, until there are enough. It continues after a source that failed, unless the failure
// affects all calls, and returns the last failure.
func (c *Client) collectFallback(
	ctx context.Context, hostID string, seeds playback.Seeds,
) (pool []party.Song, last *failure) {
	pool, last = c.fromChosenPlaylist(ctx, hostID, seeds)
	if len(eligible(pool, seeds)) > 0 || last != nil && last.affectsAllCalls() {
		return pool, last
	}
	for _, next := range []fallbackSource{c.fromRecommendations, c.fromSameArtists, c.fromTopTracks, c.fromSavedTracks} {
		songs, failed := next(ctx, hostID, seeds)
		pool, last = append(pool, songs...), cmp.Or(failed, last)
		if len(eligible(pool, seeds)) >= wantedSongs || failed != nil && failed.affectsAllCalls() {
			break
		}
	}
	return pool, last
}

// affectsAllCalls reports whether every other call for the host would fail in the same way.
func (f *failure) affectsAllCalls() bool {
	return f.kind == playback.CoolingDown || f.kind == playback.ReconnectNeeded && f.healthReason != party.ReasonScope ||
		f.healthReason == party.ReasonNotListed || f.healthReason == party.ReasonOwnerPremium
}

// isTransient reports whether the same call may soon succeed.
func (f *failure) isTransient() bool { return f.kind == playback.Unreachable || f.affectsAllCalls() }

// eligible returns the songs that are playable, fit the room, and are not among the recent ones, without duplicates.
func eligible(songs []party.Song, seeds playback.Seeds) []party.Song {
	seen := make(map[string]bool)
	for _, song := range seeds.Recent {
		markSeen(seen, song)
	}
	var fit []party.Song
	for _, song := range songs {
		if song.Playable && !seen[song.URI] && !seen[song.ISRC] && (seeds.Fits == nil || seeds.Fits(song)) {
			fit = append(fit, song)
			markSeen(seen, song)
		}
	}
	return fit
}

// markSeen records a song's URI and, if it is known, its recording.
func markSeen(seen map[string]bool, song party.Song) {
	seen[song.URI] = true
	if song.ISRC != "" {
		seen[song.ISRC] = true
	}
}

// leastRecent returns the eligible ones of the recent songs, the one that was played longest ago first.
func leastRecent(seeds playback.Seeds) []party.Song {
	songs := eligible(seeds.Recent, playback.Seeds{Fits: seeds.Fits})
	slices.Reverse(songs)
	return songs
}

// fromRecommendations asks for Spotify's recommendations, which new apps do not have. After any failure response it
// asks again after 24 hours only.
func (c *Client) fromRecommendations(
	ctx context.Context, hostID string, seeds playback.Seeds,
) ([]party.Song, *failure) {
	key := capabilityKey{hostID, recommendation}
	if has, known := c.capabilities.get(key); known && !has || len(seeds.Recent) == 0 {
		return nil, nil
	}
	var ids []string
	for _, song := range seeds.Recent[:min(len(seeds.Recent), maxSeedSongs)] {
		ids = append(ids, string(idOf(song.URI)))
	}
	var answer struct{ Tracks []zmb3.FullTrack }
	query := url.Values{"limit": {"20"}, "seed_tracks": {strings.Join(ids, ",")}}
	r := get("recommendations", query)
	failed := c.jsonCall(ctx, hostID, "recommendations", polling, r, &answer)
	if failed == nil || failed.status != 0 { // Spotify responded
		c.capabilities.add(key, failed == nil)
	}
	return toSongs(answer.Tracks, trackItself), failed
}

// fromChosenPlaylist reads a random page of the playlist that the host chose. Spotify may refuse to show another user's
// playlist; such a refusal is remembered for this playlist only.
func (c *Client) fromChosenPlaylist(ctx context.Context, hostID string, seeds playback.Seeds) ([]party.Song, *failure) {
	if seeds.PlaylistURI == "" || !c.mayHaveScope(ctx, hostID, scopePlaylists) {
		return nil, nil
	}
	page, failed := c.readPage(ctx, hostID, seeds.PlaylistURI, 0, polling, seeds.PlaylistURI)
	if total := int64(page.Total); failed == nil && total > pageSize {
		offset := int(c.random(total - pageSize + 1))
		page, failed = c.readPage(ctx, hostID, seeds.PlaylistURI, offset, polling, seeds.PlaylistURI)
	}
	return c.rotate(toSongs(page.Items, (*playlistItem).track)), failed
}

// rotate returns the songs in the same cyclic order from a random one on.
func (c *Client) rotate(songs []party.Song) []party.Song {
	if len(songs) == 0 {
		return nil
	}
	first := c.random(int64(len(songs)))
	return slices.Concat(songs[first:], songs[:first])
}

// fromSameArtists searches for more songs by the artists of recent songs.
func (c *Client) fromSameArtists(
	ctx context.Context, hostID string, seeds playback.Seeds,
) (songs []party.Song, last *failure) {
	for _, artist := range recentArtists(seeds.Recent) {
		more, failed := c.searchArtist(ctx, hostID, artist)
		songs, last = append(songs, more...), cmp.Or(failed, last)
		if failed != nil && failed.affectsAllCalls() {
			break
		}
	}
	return songs, last
}

// searchArtist returns the artist's songs from a random offset on, or from the first if there are fewer.
func (c *Client) searchArtist(ctx context.Context, hostID, artist string) ([]party.Song, *failure) {
	key := searchKey{hostID, normalizeQuery(`artist:"` + artist + `"`), wantedSongs, int(c.random(searchOffsets))}
	page, failed := c.cachedSearch(ctx, key, polling)
	if failed == nil && len(page.songs) == 0 && key.offset > 0 {
		key.offset = 0
		page, failed = c.cachedSearch(ctx, key, polling)
	}
	return page.songs, failed
}

// recentArtists returns the main artists of the most recent songs, at most maxSeedArtists.
func recentArtists(recent []party.Song) (names []string) {
	for _, song := range recent {
		if len(song.Artists) == 0 || len(names) == maxSeedArtists {
			continue
		}
		name := strings.ReplaceAll(song.Artists[0], `"`, "")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// fromTopTracks returns the songs that the host listens to most, shuffled.
func (c *Client) fromTopTracks(ctx context.Context, hostID string, _ playback.Seeds) ([]party.Song, *failure) {
	var page struct{ Items []zmb3.FullTrack }
	failed := c.userTracks(ctx, hostID, "top", "me/top/tracks", scopeTop, &page)
	return c.shuffle(toSongs(page.Items, trackItself)), failed
}

// fromSavedTracks returns songs that the host has saved, shuffled.
func (c *Client) fromSavedTracks(ctx context.Context, hostID string, _ playback.Seeds) ([]party.Song, *failure) {
	var page itemPage
	failed := c.userTracks(ctx, hostID, "saved", "me/tracks", scopeLibrary, &page)
	return c.shuffle(toSongs(page.Items, (*playlistItem).track)), failed
}

// userTracks reads a page of the host's tracks, if the host granted the scope.
func (c *Client) userTracks(ctx context.Context, hostID, name, path, scope string, page any) *failure {
	if !c.mayHaveScope(ctx, hostID, scope) {
		return nil
	}
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	return c.jsonCall(ctx, hostID, name, polling, get(path, query), page)
}

// mayHaveScope reports whether the host granted a scope. If the tokens cannot be read it returns true, and the call
// itself reports the failure.
func (c *Client) mayHaveScope(ctx context.Context, hostID, scope string) bool {
	g, err := c.tokens.load(ctx, hostID)
	return err != nil || g.mayHaveScope(scope)
}

func (c *Client) shuffle(songs []party.Song) []party.Song {
	for i := len(songs) - 1; i > 0; i-- {
		j := c.random(int64(i) + 1)
		songs[i], songs[j] = songs[j], songs[i]
	}
	return songs
}
