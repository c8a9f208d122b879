package jukebox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// stateQuery reads a room, its player and those of its items that are newer than a version, in one statement, which is
// consistent without a transaction. The first load asks for the active items only.
const (
	stateQuery = `SELECT r.code, r.name, r.host_id, r.created_at, r.version, r.status, r.members_version, r.settings_version, r.present_count, r.playlist_uri,
 p.skip_votes, p.votes_version, p.begun, p.command_version, p.version, p.status, p.item_id, p.song_id, p.progress_ms, p.observed_at,
 p.device_id, p.device_name, p.device_type, p.device_active, p.device_restricted, p.device_volume, p.delivery, p.health, p.health_reason, p.health_until,
 i.id, i.song_id, i.added_by_id, m.display_name, u.kind, i.added_at, i.age, i.version, i.state, i.like_count, i.commit_state, i.commit_delivery, i.committed_at, i.skip_on_start,
 i.recording, i.started_at, i.started_version, i.pin_rule, i.pin_position, i.pin_likes, i.pin_version
FROM rooms r
LEFT JOIN room_playbacks p ON p.id = r.id
LEFT JOIN queue_items i ON i.room_id = r.id AND i.version > ?%s
LEFT JOIN memberships m ON m.room_id = i.room_id AND m.user_id = i.added_by_id
LEFT JOIN users u ON u.id = i.added_by_id
WHERE r.id = ?
ORDER BY i.version`
	activeOnly = " AND i.active_recording IS NOT NULL"
)

// loadTimeout bounds one load: a database that hangs must not hold a feed for ever.
const loadTimeout = 10 * time.Second

// Load implements live.Source: it returns the room's newest state, which shares with have what did not change.
func (l *loader) Load(ctx context.Context, roomID string, have *party.State, touched live.AffectedUsers) (*party.State, error) {
	since, condition := int64(-1), activeOnly
	if have != nil {
		since, condition = have.Version, ""
	}
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	read, err := l.readState(ctx, fmt.Sprintf(stateQuery, condition), since, roomID)
	if err != nil {
		return nil, fmt.Errorf("load room %s: %w", roomID, err)
	}
	if have != nil && read.head.Version <= have.Version {
		return have, nil
	}
	if err := l.addSongs(ctx, read.items, read.playback.Song); err != nil {
		return nil, fmt.Errorf("load room %s: %w", roomID, err)
	}
	if err := l.addRest(ctx, &read.head, read.commands, have); err != nil {
		return nil, fmt.Errorf("load room %s: %w", roomID, err)
	}
	affected := party.Affected{}
	if have != nil {
		affected.Users, affected.Everybody = touched.Between(have.Version, read.head.Version)
	}
	return party.Merge(have, read.head, read.items, read.playback, affected), nil
}

// addRest reads what has rows of its own, where something of it is newer than the state before.
func (l *loader) addRest(ctx context.Context, head *party.RoomRow, commands int64, have *party.State) (err error) {
	since := int64(-1)
	if have != nil {
		since, head.PendingCommands, head.Removed = have.Version, have.PendingCommands, have.Removed
		head.Settings, head.Plays = have.Settings, have.Plays
	}
	if head.SettingsVersion > since {
		if head.Settings, err = l.loadSettings(ctx, head.RoomID); err != nil {
			return err
		}
		if head.Plays, err = l.loadPlays(ctx, head.RoomID, head.Version); err != nil {
			return err
		}
	}
	if commands > since {
		if head.PendingCommands, err = l.pendingCommands(ctx, head.RoomID); err != nil {
			return err
		}
	}
	if head.MembersVersion > since {
		head.Removed, err = l.loadBarred(ctx, head.RoomID)
	}
	return err
}

func (l *loader) loadSettings(ctx context.Context, roomID string) (party.RoomSettings, error) {
	row, err := l.db.Read.Room.Get(ctx, roomID)
	if err != nil {
		return party.RoomSettings{}, err
	}
	return settingsOf(row), nil
}

// loadPlays returns what a room had played at a version.
func (l *loader) loadPlays(ctx context.Context, roomID string, version int64) (*party.Plays, error) {
	rows, err := l.db.Read.QueueItem.Query().
		Where(queueitem.RoomID(roomID), queueitem.StartedAtNotNil(), queueitem.StartedVersionGT(0), queueitem.StartedVersionLTE(version)).
		Order(queueitem.ByStartedAt(entsql.OrderDesc())).Limit(party.MaxPlays).
		Select(queueitem.FieldAddedByID, queueitem.FieldLikeCount, queueitem.FieldRecording, queueitem.FieldAge, queueitem.FieldStartedVersion, queueitem.FieldStartedAt).All(ctx)
	if err != nil {
		return nil, err
	}
	songs := make([]party.StartedPlay, len(rows))
	for i, row := range rows {
		songs[i] = party.StartedPlay{
			Owner: deref(row.AddedByID), Fallback: fillsIn(row), Recording: row.Recording,
			Age: row.Age, Version: row.StartedVersion, At: row.StartedAt.UTC(),
		}
	}
	return party.NewPlays(songs), nil
}

// Versions implements live.Source.
func (l *loader) Versions(ctx context.Context, roomIDs []string) (map[string]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	marks := strings.TrimSuffix(strings.Repeat("?,", len(roomIDs)), ",")
	args := make([]any, len(roomIDs))
	for i, id := range roomIDs {
		args[i] = id
	}
	rows, err := l.db.SQL.QueryContext(ctx, "SELECT id, version FROM rooms WHERE id IN ("+marks+")", args...)
	if err != nil {
		return nil, fmt.Errorf("load versions: %w", err)
	}
	defer rows.Close()
	versions := make(map[string]int64, len(roomIDs))
	for rows.Next() {
		var id string
		var version int64
		if err := rows.Scan(&id, &version); err != nil {
			return nil, fmt.Errorf("load versions: %w", err)
		}
		versions[id] = version
	}
	return versions, rows.Err()
}

// stateRows is what stateQuery gave, with songs by their URIs only.
type stateRows struct {
	head     party.RoomRow
	items    []*party.QueueItem
	playback party.Playback
	commands int64 // the version at which a command last changed
}

func (l *loader) readState(ctx context.Context, query string, since int64, roomID string) (*stateRows, error) {
	rows, err := l.db.SQL.QueryContext(ctx, query, since, roomID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	read := &stateRows{}
	for rows.Next() {
		if err := read.scan(rows, roomID); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if read.head.RoomID == "" {
		return nil, errNoRoom
	}
	return read, nil
}

func (r *stateRows) scan(rows *sql.Rows, roomID string) error {
	var i itemRow
	var p playbackRow
	var playlist sql.Null[string]
	var begun sql.Null[bool]
	var commands, votesVersion sql.Null[int64]
	var votes sql.Null[int]
	r.head.RoomID = roomID
	err := rows.Scan(&r.head.Code, &r.head.Name, &r.head.HostID, &r.head.CreatedAt, &r.head.Version, &r.head.Status,
		&r.head.MembersVersion, &r.head.SettingsVersion, &r.head.Present, &playlist, &votes, &votesVersion, &begun, &commands, &p.version, &p.status, &p.itemID, &p.songID, &p.progress, &p.observedAt,
		&p.deviceID, &p.deviceName, &p.deviceType, &p.deviceActive, &p.deviceRestricted, &p.deviceVolume, &p.delivery, &p.health, &p.reason, &p.until,
		&i.id, &i.songID, &i.addedBy, &i.adderName, &i.adderKind, &i.addedAt, &i.age, &i.version, &i.state, &i.likes, &i.commit, &i.via, &i.committedAt, &i.skip,
		&i.recording, &i.startedAt, &i.startedVersion, &i.pinRule, &i.pinPosition, &i.pinLikes, &i.pinVersion)
	if err != nil {
		return err
	}
	r.head.CreatedAt = r.head.CreatedAt.UTC()
	r.head.PlaylistURI, r.head.HasPlayed, r.commands = playlist.V, begun.V, commands.V
	r.playback = p.playback(roomID)
	r.playback.SkipVotes, r.playback.VotesVersion = votes.V, votesVersion.V
	if i.id.Valid {
		r.items = append(r.items, i.item(roomID))
	}
	return nil
}

type itemRow struct {
	id, songID, addedBy, adderName, adderKind, state, commit, via sql.Null[string]
	recording, pinRule                                            sql.Null[string]
	addedAt, committedAt, startedAt                               sql.Null[time.Time]
	age, version, startedVersion, pinVersion                      sql.Null[int64]
	likes, pinPosition, pinLikes                                  sql.Null[int]
	skip                                                          sql.Null[bool]
}

func (r itemRow) item(roomID string) *party.QueueItem {
	item := &party.QueueItem{
		ID: r.id.V, RoomID: roomID, Song: party.Song{URI: r.songID.V}, AddedAt: r.addedAt.V.UTC(), LikeCount: r.likes.V,
		State: party.QueueItemState(r.state.V), Version: r.version.V, Age: r.age.V,
		Commit: party.CommitState(r.commit.V), Via: party.Delivery(r.via.V), CommittedAt: r.committedAt.V.UTC(), SkipOnStart: r.skip.V,
		StartedVersion: r.startedVersion.V, StartedAt: r.startedAt.V.UTC(), Recording: r.recording.V,
	}
	if r.pinRule.Valid {
		item.Pin = &party.Pin{party.PinRule(r.pinRule.V), r.pinPosition.V, r.pinLikes.V, r.pinVersion.V}
	}
	if r.addedBy.Valid {
		item.AddedBy = &party.User{ID: r.addedBy.V, DisplayName: r.adderName.V, Kind: party.UserKind(r.adderKind.V)}
	}
	return item
}

type playbackRow struct {
	version, progress, deviceVolume  sql.Null[int64]
	status, itemID, songID           sql.Null[string]
	delivery, health, reason         sql.Null[string]
	deviceID, deviceName, deviceType sql.Null[string]
	observedAt, until                sql.Null[time.Time]
	deviceActive, deviceRestricted   sql.Null[bool]
}

func (r playbackRow) playback(roomID string) party.Playback {
	p := party.Playback{RoomID: roomID, Status: party.Idle, Delivery: party.DeliveryQueue, Health: party.HealthNothingToPlay}
	if !r.version.Valid {
		return p
	}
	p.Version, p.Status, p.Health = r.version.V, party.PlaybackStatus(r.status.V), party.HealthState(r.health.V)
	p.Delivery, p.Reason = party.Delivery(r.delivery.V), party.HealthReason(r.reason.V)
	p.ObservedAt, p.ProgressMS = r.observedAt.V.UTC(), intPointer(r.progress)
	if r.until.Valid {
		until := r.until.V.UTC()
		p.Until = &until
	}
	if r.itemID.Valid {
		p.Item = &party.QueueItem{ID: r.itemID.V, RoomID: roomID}
	}
	if r.songID.Valid {
		p.Song = &party.Song{URI: r.songID.V}
	}
	if r.deviceID.Valid {
		p.Device = &party.Device{
			ID: r.deviceID.V, Name: r.deviceName.V, Type: r.deviceType.V,
			IsActive: r.deviceActive.V, IsRestricted: r.deviceRestricted.V, VolumePercent: intPointer(r.deviceVolume),
		}
	}
	return p
}

func intPointer(n sql.Null[int64]) *int {
	if !n.Valid {
		return nil
	}
	value := int(n.V)
	return &value
}
