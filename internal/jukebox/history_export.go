package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/party"
)

// maxExport is how many songs a playlist takes at Spotify.
const maxExport = 10_000

// ExportHistory makes a private playlist of what a room played in the host's Spotify account: each song once, in order, without
// those that were skipped. Conflict if there is none. For the room's host.
func (j *Jukebox) ExportHistory(ctx context.Context, roomID string) (*party.Playlist, error) {
	a, err := j.authorize(ctx, roomID, party.ActExport)
	if err != nil {
		return nil, err
	}
	row, err := j.db.Read.Room.Get(ctx, roomID)
	if ent.IsNotFound(err) {
		return nil, errNoRoom
	}
	if err != nil {
		return nil, fmt.Errorf("load the room: %w", err)
	}
	uris, err := j.playedURIs(ctx, roomID)
	if err == nil && len(uris) == 0 {
		err = party.Errorf(party.Conflict, "nothing has been played here yet")
	}
	if err != nil {
		return nil, err
	}
	day := row.CreatedAt.UTC().Format("2006-01-02")
	playlist, err := j.cfg.Library.SavePlaylist(ctx, a.hostID, cmp.Or(row.Name, row.Code)+" "+day, "What antwon.dj played on "+day+".", uris)
	if err != nil {
		return nil, fmt.Errorf("save the history as a playlist: %w", err)
	}
	j.logExport(ctx, a)
	return &playlist, nil
}

// logExport does what it can: the playlist is there, whatever becomes of its line in the log.
func (j *Jukebox) logExport(ctx context.Context, a access) {
	if a.status != party.Open {
		return
	}
	err := j.change(ctx, a, func(_ context.Context, t *roomTx) error {
		t.log(logEvent{kind: EventExported})
		return nil
	})
	if err != nil {
		j.cfg.Log.WarnContext(ctx, "could not log an export", "room_id", a.roomID, "error", err)
	}
}

// playedURIs are the songs that were played to their end, each recording once, in order.
func (j *Jukebox) playedURIs(ctx context.Context, roomID string) ([]string, error) {
	rows, err := j.db.Read.QueueItem.Query().Where(queueitem.RoomID(roomID), queueitem.State(string(party.Played)), queueitem.StartedAtNotNil()).
		Order(queueitem.ByStartedAt(), ent.Asc(queueitem.FieldID)).Select(queueitem.FieldSongID, queueitem.FieldRecording).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load what was played: %w", err)
	}
	seen := map[string]bool{}
	var uris []string
	for _, row := range rows {
		recording := cmp.Or(row.Recording, row.SongID) // old rows have none
		if !seen[recording] && len(uris) < maxExport {
			seen[recording] = true
			uris = append(uris, row.SongID)
		}
	}
	return uris, nil
}
