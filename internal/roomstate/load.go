package roomstate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/queueitem"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// loadTimeout bounds one load, so that a database that hangs does not hold a feed forever.
const loadTimeout = 10 * time.Second

// Load implements live.Source: it returns the room's newest state, which shares with have what did not change since. It
// returns have itself if nothing is newer, and loads the whole room if have is nil or from before the database was last
// restored.
func (l *Loader) Load(
	ctx context.Context, roomID string, have *party.State, touched live.AffectedUsers,
) (*party.State, error) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	state, err := l.loadNewest(ctx, roomID, have, touched)
	if err != nil {
		return nil, fmt.Errorf("load room %s: %w", roomID, err)
	}
	return state, nil
}

// loadNewest is Load without its timeout.
func (l *Loader) loadNewest(
	ctx context.Context, roomID string, have *party.State, touched live.AffectedUsers,
) (*party.State, error) {
	query, since := wholeRoomQuery, int64(-1)
	if have != nil {
		query, since = changesQuery, have.Version
	}
	read, err := l.readState(ctx, query, since, roomID)
	if err != nil {
		return nil, err
	}
	if have != nil && read.head.Version <= have.Version {
		return have, nil
	}
	if have != nil && have.Version < read.restoredVersion {
		return l.loadNewest(ctx, roomID, nil, nil)
	}
	if err := l.addSongs(ctx, read.items, read.playback.Song); err != nil {
		return nil, err
	}
	if err := l.loadChangedParts(ctx, &read.head, read.commandVersion, have); err != nil {
		return nil, err
	}
	affected := party.Affected{}
	if have != nil {
		affected.Users, affected.Everybody, affected.OnlyLikes = touched.Between(have.Version, read.head.Version)
	}
	return party.Merge(have, read.head, read.items, read.playback, affected), nil
}

// loadChangedParts completes head with what the state query does not return: the settings, what was played, the pending
// commands, and the members who are removed or away. It reads only the parts that changed since the version of have,
// and shares the others with have.
func (l *Loader) loadChangedParts(
	ctx context.Context, head *party.RoomRow, commandVersion int64, have *party.State,
) (err error) {
	since := int64(-1)
	if have != nil {
		since, head.PendingCommands, head.Removed = have.Version, have.PendingCommands, have.Removed
		head.Away = have.Away
		head.Settings, head.Plays = have.Settings, have.Plays
	}
	if head.SettingsVersion > since {
		if head.Settings, err = l.loadSettings(ctx, head.RoomID); err != nil {
			return err
		}
		if head.Plays, err = l.loadPlayHistory(ctx, head.RoomID, head.Version); err != nil {
			return err
		}
	}
	if commandVersion > since {
		if head.PendingCommands, err = l.pendingCommands(ctx, head.RoomID); err != nil {
			return err
		}
	}
	if head.MembersVersion > since {
		if head.Removed, err = l.loadRemoved(ctx, head.RoomID); err != nil {
			return err
		}
	}
	if head.AwayVersion > since {
		head.Away, err = l.loadAway(ctx, head.RoomID)
	}
	return err
}

func (l *Loader) loadSettings(ctx context.Context, roomID string) (party.RoomSettings, error) {
	row, err := l.db.Read.Room.Get(ctx, roomID)
	if err != nil {
		return party.RoomSettings{}, err
	}
	return SettingsOf(row), nil
}

// loadPlayHistory returns the latest songs that the room had started at this version, at most party.MaxPlayHistory.
func (l *Loader) loadPlayHistory(ctx context.Context, roomID string, version int64) (*party.PlayHistory, error) {
	rows, err := l.db.Read.QueueItem.Query().
		Where(queueitem.RoomID(roomID), queueitem.StartedAtNotNil(),
			queueitem.StartedVersionGT(0), queueitem.StartedVersionLTE(version)).
		Order(queueitem.ByStartedAt(entsql.OrderDesc())).Limit(party.MaxPlayHistory).
		Select(queueitem.FieldAddedByID, queueitem.FieldLikeCount, queueitem.FieldRecording, queueitem.FieldAge,
			queueitem.FieldStartedVersion, queueitem.FieldStartedAt).
		All(ctx)
	if err != nil {
		return nil, err
	}
	songs := make([]party.StartedPlay, len(rows))
	for i, row := range rows {
		owner := ""
		if row.AddedByID != nil {
			owner = *row.AddedByID
		}
		songs[i] = party.StartedPlay{
			Owner: owner, Fallback: IsUnlikedFallback(row), Recording: row.Recording,
			Age: row.Age, Version: row.StartedVersion, At: row.StartedAt.UTC(),
		}
	}
	return party.NewPlayHistory(songs), nil
}

// Versions implements live.Source: it returns the versions of these rooms. A room that does not exist is missing.
func (l *Loader) Versions(ctx context.Context, roomIDs []string) (map[string]int64, error) {
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

// stateRows is the result of the state query. Of songs it knows only the URIs.
type stateRows struct {
	head           party.RoomRow
	items          []*party.QueueItem // the oldest version first
	playback       party.Playback
	commandVersion int64 // the version at which a command last changed
	// restoredVersion is the room's version after the last restore of the database. An older state may show what was lost.
	restoredVersion int64
}

// readState runs the state query. It returns ErrNoRoom if there is no such room.
func (l *Loader) readState(ctx context.Context, query string, since int64, roomID string) (*stateRows, error) {
	rows, err := l.db.SQL.QueryContext(ctx, query, since, roomID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	read, found := &stateRows{}, false
	row := &stateRow{}
	destinations := row.destinations()
	for rows.Next() {
		if err := rows.Scan(destinations...); err != nil {
			return nil, err
		}
		found = true
		if row.item.id.Valid {
			read.items = append(read.items, row.item.Item(roomID))
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNoRoom
	}
	read.head, read.playback = row.head(roomID), row.playback.toPlayback(roomID)
	read.commandVersion, read.restoredVersion = row.playback.commandVersion.V, row.restoredVersion
	return read, nil
}

// loadRemoved returns the ids of the users who were removed from a room, or banned, and have not joined again.
func (l *Loader) loadRemoved(ctx context.Context, roomID string) (map[string]bool, error) {
	return l.loadMembers(ctx, roomID, membership.RoleIn(string(party.RoleRemoved), string(party.RoleBanned)))
}

// loadAway returns the ids of the members who are away, so that their songs wait.
func (l *Loader) loadAway(ctx context.Context, roomID string) (map[string]bool, error) {
	return l.loadMembers(ctx, roomID, membership.Away(true))
}

// loadMembers returns the ids of the members who meet a condition.
func (l *Loader) loadMembers(
	ctx context.Context, roomID string, condition predicate.Membership,
) (map[string]bool, error) {
	ids, err := l.db.Read.Membership.Query().Where(membership.RoomID(roomID), condition).
		Select(membership.FieldUserID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("load members: %w", err)
	}
	members := make(map[string]bool, len(ids))
	for _, id := range ids {
		members[id] = true
	}
	return members, nil
}

// pendingCommands returns the commands of a room that have not been answered yet, oldest first.
func (l *Loader) pendingCommands(ctx context.Context, roomID string) ([]party.HostCommand, error) {
	rows, err := l.db.Read.RoomCommand.Query().Where(roomcommand.RoomID(roomID), roomcommand.State(party.PendingCommand)).
		Order(roomcommand.ByVersion(), roomcommand.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load commands: %w", err)
	}
	var commands []party.HostCommand
	for _, row := range rows {
		kind := party.HostCommandKind(row.Kind)
		commands = append(commands, party.HostCommand{
			ID: row.ID, Kind: kind, Argument: row.Argument, At: row.CreatedAt.UTC(),
		})
	}
	return commands, nil
}
