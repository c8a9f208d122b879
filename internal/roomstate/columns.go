package roomstate

import (
	"database/sql"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
)

// stateColumns are the columns of the state query, before ItemColumns: for each, where the database reads it and where
// Scan stores it. Both the SELECT list and the destinations of Scan are built from this table, so their orders cannot
// differ.
var stateColumns = []struct {
	sql         string
	destination func(*stateRow) any
}{
	{"r.code", func(r *stateRow) any { return &r.room.Code }},
	{"r.name", func(r *stateRow) any { return &r.room.Name }},
	{"r.host_id", func(r *stateRow) any { return &r.room.HostID }},
	{"r.created_at", func(r *stateRow) any { return &r.room.CreatedAt }},
	{"r.version", func(r *stateRow) any { return &r.room.Version }},
	{"r.status", func(r *stateRow) any { return &r.room.Status }},
	{"r.members_version", func(r *stateRow) any { return &r.room.MembersVersion }},
	{"r.away_version", func(r *stateRow) any { return &r.room.AwayVersion }},
	{"r.restored_version", func(r *stateRow) any { return &r.restoredVersion }},
	{"r.settings_version", func(r *stateRow) any { return &r.room.SettingsVersion }},
	{"r.present_count", func(r *stateRow) any { return &r.room.Present }},
	{"r.playlist_uri", func(r *stateRow) any { return &r.playlistURI }},
	{"r.offered_to_id", func(r *stateRow) any { return &r.offeredTo }},
	{"r.offer_expires_at", func(r *stateRow) any { return &r.offerExpiresAt }},
	{"r.offer_accepted", func(r *stateRow) any { return &r.room.Offer.Accepted }},

	{"p.skip_votes", func(r *stateRow) any { return &r.playback.skipVotes }},
	{"p.votes_version", func(r *stateRow) any { return &r.playback.votesVersion }},
	{"p.has_played", func(r *stateRow) any { return &r.playback.hasPlayed }},
	{"p.command_version", func(r *stateRow) any { return &r.playback.commandVersion }},
	{"p.version", func(r *stateRow) any { return &r.playback.version }},
	{"p.status", func(r *stateRow) any { return &r.playback.status }},
	{"p.item_id", func(r *stateRow) any { return &r.playback.itemID }},
	{"p.song_id", func(r *stateRow) any { return &r.playback.songID }},
	{"p.progress_ms", func(r *stateRow) any { return &r.playback.progressMS }},
	{"p.observed_at", func(r *stateRow) any { return &r.playback.observedAt }},
	{"p.device_id", func(r *stateRow) any { return &r.playback.deviceID }},
	{"p.device_name", func(r *stateRow) any { return &r.playback.deviceName }},
	{"p.device_type", func(r *stateRow) any { return &r.playback.deviceType }},
	{"p.device_active", func(r *stateRow) any { return &r.playback.deviceActive }},
	{"p.device_restricted", func(r *stateRow) any { return &r.playback.deviceRestricted }},
	{"p.device_fixed_volume", func(r *stateRow) any { return &r.playback.deviceFixedVolume }},
	{"p.device_volume", func(r *stateRow) any { return &r.playback.deviceVolume }},
	{"p.delivery", func(r *stateRow) any { return &r.playback.delivery }},
	{"p.health", func(r *stateRow) any { return &r.playback.health }},
	{"p.health_reason", func(r *stateRow) any { return &r.playback.healthReason }},
	{"p.health_until", func(r *stateRow) any { return &r.playback.healthUntil }},
}

// itemColumns are the columns of a queue item i, and of its adder: membership m and user u.
var itemColumns = []struct {
	sql         string
	destination func(*ItemRow) any
}{
	{"i.id", func(r *ItemRow) any { return &r.id }},
	{"i.song_id", func(r *ItemRow) any { return &r.songID }},
	{"i.added_by_id", func(r *ItemRow) any { return &r.addedBy }},
	{"m.id", func(r *ItemRow) any { return &r.adderID }},
	{"m.display_name", func(r *ItemRow) any { return &r.adderName }},
	{"u.kind", func(r *ItemRow) any { return &r.adderKind }},
	{"i.added_at", func(r *ItemRow) any { return &r.addedAt }},
	{"i.age", func(r *ItemRow) any { return &r.age }},
	{"i.version", func(r *ItemRow) any { return &r.version }},
	{"i.state", func(r *ItemRow) any { return &r.state }},
	{"i.like_count", func(r *ItemRow) any { return &r.likeCount }},
	{"i.commit_state", func(r *ItemRow) any { return &r.commitState }},
	{"i.commit_delivery", func(r *ItemRow) any { return &r.commitDelivery }},
	{"i.committed_at", func(r *ItemRow) any { return &r.committedAt }},
	{"i.skip_on_start", func(r *ItemRow) any { return &r.skipOnStart }},
	{"i.recording", func(r *ItemRow) any { return &r.recording }},
	{"i.started_at", func(r *ItemRow) any { return &r.startedAt }},
	{"i.started_version", func(r *ItemRow) any { return &r.startedVersion }},
	{"i.pin_rule", func(r *ItemRow) any { return &r.pinRule }},
	{"i.pin_position", func(r *ItemRow) any { return &r.pinPosition }},
	{"i.pin_likes", func(r *ItemRow) any { return &r.pinLikes }},
	{"i.pin_version", func(r *ItemRow) any { return &r.pinVersion }},
}

// ItemColumns is the list of columns that an ItemRow reads, of a queue item i, its adder's membership m and user u.
var ItemColumns = listOfItemColumns()

func listOfItemColumns() string {
	var columns []string
	for _, column := range itemColumns {
		columns = append(columns, column.sql)
	}
	return strings.Join(columns, ", ")
}

// The state query returns a room, its playback and its queue items that are newer than a version, oldest version first.
// It is a single statement and therefore consistent without a transaction. Its arguments are that version and the
// room's id. It returns no row if the room does not exist, and one row without an item if no item is newer.
var (
	changesQuery   = buildStateQuery("")                                    // items in every state
	wholeRoomQuery = buildStateQuery(" AND i.active_recording IS NOT NULL") // only items that wait, are committed or play
)

func buildStateQuery(itemCondition string) string {
	var columns strings.Builder
	for _, column := range stateColumns {
		columns.WriteString(column.sql + ", ")
	}
	return "SELECT " + columns.String() + ItemColumns + `
FROM rooms r
LEFT JOIN room_playbacks p ON p.id = r.id
LEFT JOIN queue_items i ON i.room_id = r.id AND i.version > ?` + itemCondition + `
LEFT JOIN memberships m ON m.room_id = i.room_id AND m.user_id = i.added_by_id
LEFT JOIN users u ON u.id = i.added_by_id
WHERE r.id = ?
ORDER BY i.version`
}

// stateRow is one row of the state query. Each row repeats the room and its playback. Scan overwrites every field that
// stateColumns names, so one stateRow serves all rows of a result.
type stateRow struct {
	room        party.RoomRow // only the fields that stateColumns names
	playlistURI sql.Null[string]

	offeredTo      sql.Null[string]
	offerExpiresAt sql.Null[time.Time]
	// restoredVersion is the version that the room got when the database was last restored.
	restoredVersion int64
	playback        playbackRow
	item            ItemRow
}

// destinations returns pointers to the fields of r, in the order of stateColumns and ItemColumns.
func (r *stateRow) destinations() []any {
	pointers := make([]any, len(stateColumns))
	for i, column := range stateColumns {
		pointers[i] = column.destination(r)
	}
	return append(pointers, r.item.Destinations()...)
}

// head returns the room of the row, without the parts that loadChangedParts adds.
func (r *stateRow) head(roomID string) party.RoomRow {
	head := r.room
	head.RoomID, head.CreatedAt = roomID, head.CreatedAt.UTC()
	head.PlaylistURI, head.HasPlayed = r.playlistURI.V, r.playback.hasPlayed.V
	head.Offer.UserID, head.Offer.ExpiresAt = r.offeredTo.V, r.offerExpiresAt.V.UTC()
	return head
}

// ItemRow holds the columns of a queue item and of the member who added it. All are NULL in a row without an item.
// Scan overwrites every field, so one ItemRow serves all rows of a result.
type ItemRow struct {
	id, songID, state, recording         sql.Null[string]
	addedBy, adderID                     sql.Null[string]
	adderName, adderKind                 sql.Null[string]
	commitState, commitDelivery, pinRule sql.Null[string]
	addedAt, committedAt, startedAt      sql.Null[time.Time]
	age, version                         sql.Null[int64]
	startedVersion, pinVersion           sql.Null[int64]
	likeCount, pinPosition, pinLikes     sql.Null[int]
	skipOnStart                          sql.Null[bool]
}

// Destinations returns where Scan stores the columns, in the order of ItemColumns.
func (r *ItemRow) Destinations() []any {
	pointers := make([]any, len(itemColumns))
	for i, column := range itemColumns {
		pointers[i] = column.destination(r)
	}
	return pointers
}

// Item returns the item with the URI of its song only; Loader.AddSong adds the rest of the song.
func (r *ItemRow) Item(roomID string) *party.QueueItem {
	item := &party.QueueItem{
		ID: r.id.V, RoomID: roomID, Song: party.Song{URI: r.songID.V}, Recording: r.recording.V,
		State: party.QueueItemState(r.state.V), LikeCount: r.likeCount.V,
		AddedAt: r.addedAt.V.UTC(), Age: r.age.V, Version: r.version.V,
		Commit: party.CommitState(r.commitState.V), Via: party.Delivery(r.commitDelivery.V),
		CommittedAt: r.committedAt.V.UTC(), SkipOnStart: r.skipOnStart.V,
		StartedVersion: r.startedVersion.V, StartedAt: r.startedAt.V.UTC(),
	}
	if r.pinRule.Valid {
		item.Pin = &party.Pin{
			Until: party.PinRule(r.pinRule.V), Position: r.pinPosition.V, Margin: r.pinLikes.V, Version: r.pinVersion.V,
		}
	}
	if r.addedBy.Valid {
		item.AddedBy = &party.Participant{
			ID: r.adderID.V, DisplayName: r.adderName.V,
			User: party.User{ID: r.addedBy.V, Kind: party.UserKind(r.adderKind.V)},
		}
	}
	return item
}

// playbackRow holds the columns of a room's playback. All are NULL if the room has no playback row.
type playbackRow struct {
	skipVotes                        sql.Null[int]
	votesVersion, commandVersion     sql.Null[int64] // the versions of the last vote and of the last command
	hasPlayed                        sql.Null[bool]
	version, progressMS              sql.Null[int64]
	status, itemID, songID           sql.Null[string]
	observedAt                       sql.Null[time.Time]
	deviceID, deviceName, deviceType sql.Null[string]
	deviceActive, deviceRestricted   sql.Null[bool]
	deviceFixedVolume                sql.Null[bool]
	deviceVolume                     sql.Null[int64]
	delivery, health, healthReason   sql.Null[string]
	healthUntil                      sql.Null[time.Time]
}

// toPlayback returns the playback with only the id of its item and the URI of its song; an idle one without a row.
func (r *playbackRow) toPlayback(roomID string) party.Playback {
	p := party.Playback{
		RoomID: roomID, Status: party.Idle, Delivery: party.DeliveryQueue, Health: party.HealthNothingToPlay,
		SkipVotes: r.skipVotes.V, VotesVersion: r.votesVersion.V,
	}
	if !r.version.Valid {
		return p
	}
	p.Version, p.Status, p.Health = r.version.V, party.PlaybackStatus(r.status.V), party.HealthState(r.health.V)
	p.Delivery, p.Reason = party.Delivery(r.delivery.V), party.HealthReason(r.healthReason.V)
	p.ObservedAt, p.ProgressMS = r.observedAt.V.UTC(), intPointer(r.progressMS)
	if r.healthUntil.Valid {
		until := r.healthUntil.V.UTC()
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
			IsActive: r.deviceActive.V, IsRestricted: r.deviceRestricted.V,
			FixedVolume: r.deviceFixedVolume.V, VolumePercent: intPointer(r.deviceVolume),
		}
	}
	return p
}

// intPointer returns nil for NULL.
func intPointer(n sql.Null[int64]) *int {
	if !n.Valid {
		return nil
	}
	value := int(n.V)
	return &value
}
