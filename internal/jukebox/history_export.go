package jukebox

import (
	"cmp"
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/roomstate"
)

// ExportHistory saves what a room played as a private playlist in the host's Spotify account: each recording once, in
// order, without those that were skipped. The error is Conflict if there are none. For the room's host.
func (j *Jukebox) ExportHistory(ctx context.Context, roomID string) (*party.Playlist, error) {
	a, err := j.authorize(ctx, roomID, party.ActExport)
	if err != nil {
		return nil, err
	}
	row, err := j.db.Read.Room.Get(ctx, roomID)
	if ent.IsNotFound(err) {
		return nil, roomstate.ErrNoRoom
	}
	if err != nil {
		return nil, fmt.Errorf("load the room: %w", err)
	}
	uris, err := j.lists.PlayedURIs(ctx, roomID)
	if err == nil && len(uris) == 0 {
		err = party.Errorf(party.Conflict, "Nothing has been played in this room yet.")
	}
	if err != nil {
		return nil, err
	}
	day := row.CreatedAt.UTC().Format("2006-01-02")
	name, description := cmp.Or(row.Name, row.Code)+" "+day, "What antwon.dj played on "+day+"."
	playlist, err := j.cfg.Library.SavePlaylist(ctx, a.hostID, name, description, uris)
	if err != nil {
		return nil, fmt.Errorf("save the history as a playlist: %w", err)
	}
	j.logExport(ctx, a)
	return &playlist, nil
}

// logExport logs an export in the room's log, if the room is open. It ignores a failure, because the playlist has been
// saved.
func (j *Jukebox) logExport(ctx context.Context, a access) {
	if a.status != party.Open {
		return
	}
	err := j.change(ctx, a, func(_ context.Context, t *roomTx) error {
		t.log(logEvent{kind: party.EventExported})
		return nil
	})
	if err != nil {
		j.cfg.Log.WarnContext(ctx, "could not log an export", "room_id", a.roomID, "error", err)
	}
}
