package jukebox

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
)

// maxKnown bounds among how many of a room's songs is searched while Spotify does not answer.
const maxKnown = 1_000

// searchKnown searches the songs of a room, the latest first: for when Spotify cannot be asked. Each word has to begin a
// word of title, artists or album.
func (j *Jukebox) searchRoomSongs(ctx context.Context, roomID, query string, limit, offset int) (songs []party.Song, hasMore bool, err error) {
	rows, err := j.db.Read.QueueItem.Query().Where(queueitem.RoomID(roomID)).
		Order(queueitem.ByAge(sql.OrderDesc())).Limit(maxKnown).Select(queueitem.FieldSongID).Strings(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("search the room's songs: %w", err)
	}
	known, err := j.loader.loadSongs(ctx, rows)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, uri := range rows {
		s, found := known[uri]
		if recording := party.RecordingOf(s); found && !seen[recording] && matches(s, query) {
			seen[recording] = true
			songs = append(songs, s)
		}
	}
	page := songs[min(offset, len(songs)):]
	return page[:min(limit, len(page))], len(page) > limit, nil
}

func matches(s party.Song, query string) bool {
	var words []string
	for word := range strings.FieldsSeq(strings.Join(slices.Concat(s.Artists, []string{s.Name, s.AlbumName}), " ")) {
		words = append(words, party.FoldText(word))
	}
	for wanted := range strings.FieldsSeq(query) {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, party.FoldText(wanted)) }) {
			return false
		}
	}
	return true
}

// knownSong returns what was stored of a song, however old, for when Spotify cannot be asked; false if it never was.
func (j *Jukebox) storedSong(ctx context.Context, uri string) (party.Song, bool, error) {
	row, err := j.db.Read.Song.Query().Where(song.ID(uri)).Only(ctx)
	if ent.IsNotFound(err) {
		return party.Song{}, false, nil
	}
	if err != nil {
		return party.Song{}, false, fmt.Errorf("load song: %w", err)
	}
	return songOf(row), true, nil
}
