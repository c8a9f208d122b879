package lists

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// maxPlaylist is how many songs Spotify allows in a playlist.
const maxPlaylist = 10_000

// PlayedURIs returns the songs that a room played to their end, each recording once, in order, and no more than fit
// into a playlist. The caller has authorized the viewer.
func (l *Lists) PlayedURIs(ctx context.Context, roomID string) ([]string, error) {
	rows, err := l.db.Read.QueueItem.Query().
		Where(queueitem.RoomID(roomID), queueitem.State(string(party.Played)), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(), ent.Asc(queueitem.FieldID)).
		Select(queueitem.FieldSongID, queueitem.FieldRecording).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was played: %w", err)
	}
	seen := map[string]bool{}
	var uris []string
	for _, row := range rows {
		recording := cmp.Or(row.Recording, row.SongID) // rows of old versions have no recording
		if !seen[recording] && len(uris) < maxPlaylist {
			seen[recording] = true
			uris = append(uris, row.SongID)
		}
	}
	return uris, nil
}
