package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/song"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// maxSearchedSongs is how many of a room's songs are searched while Spotify is unavailable: those that were added last.
const maxSearchedSongs = 1_000

// searchRoomSongs searches the songs of a room, the last added first, and returns each recording once. A song matches
// if every word of the query is the beginning of a word of its title, artists or album.
func (c *Catalog) searchRoomSongs(
	ctx context.Context, roomID, query string, limit, offset int,
) (songs []party.Song, hasMore bool, err error) {
	uris, err := c.db.Read.QueueItem.Query().Where(queueitem.RoomID(roomID)).
		Order(queueitem.ByAge(sql.OrderDesc())).Limit(maxSearchedSongs).Select(queueitem.FieldSongID).Strings(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("search the room's songs: %w", err)
	}
	known, err := c.loader.Songs(ctx, uris)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, uri := range uris {
		s, found := known[uri]
		if recording := party.RecordingOf(s); found && !seen[recording] && matches(s, query) {
			seen[recording] = true
			songs = append(songs, s)
		}
	}
	page := songs[min(offset, len(songs)):]
	return page[:min(limit, len(page))], len(page) > limit, nil
}

// fieldFilters removes from a query the field filters and quotes that Spotify understands and a search for words does
// not.
var fieldFilters = strings.NewReplacer("artist:", "", "album:", "", "track:", "", `"`, "")

// matches reports whether every word of the query is the beginning of a word of the song, ignoring case and accents.
func matches(s party.Song, query string) bool {
	var words []string
	query = fieldFilters.Replace(query)
	text := strings.Join(slices.Concat(s.Artists, []string{s.Name, s.AlbumName}), " ")
	for word := range strings.FieldsSeq(text) {
		words = append(words, party.FoldText(word))
	}
	for wanted := range strings.FieldsSeq(query) {
		prefix := party.FoldText(wanted)
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, prefix) }) {
			return false
		}
	}
	return true
}

// storedSong returns the description of a song in the database, however old, and whether there is one.
func (c *Catalog) storedSong(ctx context.Context, uri string) (s party.Song, found bool, err error) {
	row, err := c.db.Read.Song.Query().Where(song.ID(uri)).Only(ctx)
	if ent.IsNotFound(err) {
		return party.Song{}, false, nil
	}
	if err != nil {
		return party.Song{}, false, fmt.Errorf("load song: %w", err)
	}
	return roomstate.SongOf(row), true, nil
}
