package roomstate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/song"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	songsCached = 10_000
	// songFreshness is how long a song is used before it is read again: another server may have stored what Spotify says
	// of it now.
	songFreshness = time.Hour
)

// NotFound errors for an id that names nothing.
var (
	ErrNoRoom = party.Errorf(party.NotFound, "There is no room with this id.")
	ErrNoItem = party.Errorf(party.NotFound, "There is no song with this id in a queue.")
)

// Loader reads the states of rooms and single queue items from the database; it is the live.Source of the feeds.
// It caches stored songs for songFreshness. It is safe for concurrent use.
type Loader struct {
	db    *database.DB
	songs *lru.Cache[string, cachedSong]
}

type cachedSong struct {
	song party.Song
	at   time.Time // when it was read
}

// NewLoader returns a Loader of a database, with an empty cache.
func NewLoader(db *database.DB) *Loader {
	songs, _ := lru.New[string, cachedSong](songsCached) // fails only for a size of 0
	return &Loader{db: db, songs: songs}
}

// addSongs completes songs of which only the URI is known: those of items, and other unless it is nil.
func (l *Loader) addSongs(ctx context.Context, items []*party.QueueItem, other *party.Song) error {
	uris := make([]string, 0, len(items)+1)
	for _, item := range items {
		uris = append(uris, item.Song.URI)
	}
	if other != nil {
		uris = append(uris, other.URI)
	}
	songs, err := l.Songs(ctx, uris)
	if err != nil {
		return err
	}
	for _, item := range items {
		item.Song = songs[item.Song.URI]
	}
	if other != nil {
		*other = songs[other.URI]
	}
	return nil
}

// addPeople completes the adders of items, which have only their id yet.
func (l *Loader) addPeople(ctx context.Context, roomID string, items []*party.QueueItem) error {
	var ids []string
	for _, item := range items {
		if item.AddedBy != nil {
			ids = append(ids, item.AddedBy.User.ID)
		}
	}
	people, err := l.Participants(ctx, roomID, ids)
	if err != nil {
		return err
	}
	for _, item := range items {
		if item.AddedBy != nil {
			person := people[item.AddedBy.User.ID]
			item.AddedBy = &person
		}
	}
	return nil
}

// Songs returns the stored songs with these URIs. A URI without a song is missing from the result.
func (l *Loader) Songs(ctx context.Context, uris []string) (map[string]party.Song, error) {
	found := make(map[string]party.Song, len(uris))
	var missing []string
	for _, uri := range uris {
		if s, ok := l.songs.Get(uri); ok && time.Since(s.at) < songFreshness {
			found[uri] = s.song
		} else {
			missing = append(missing, uri)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	rows, err := l.db.Read.Song.Query().Where(song.IDIn(missing...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load songs: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = SongOf(row)
		l.songs.Add(row.ID, cachedSong{found[row.ID], time.Now()})
	}
	return found, nil
}

// Participants returns members of the room by user id. It reads them each time, because any server may have changed a
// name. The ids of users who never were members are missing from the result.
func (l *Loader) Participants(
	ctx context.Context, roomID string, ids []string,
) (map[string]party.Participant, error) {
	found := make(map[string]party.Participant, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	args := []any{roomID}
	for _, id := range ids {
		args = append(args, id)
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
	rows, err := l.db.SQL.QueryContext(ctx, participantsQuery+marks+")", args...)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p party.Participant
		if err := rows.Scan(&p.ID, &p.DisplayName, &p.User.ID, &p.User.Kind); err != nil {
			return nil, fmt.Errorf("load people: %w", err)
		}
		found[p.User.ID] = p
	}
	return found, rows.Err()
}

const participantsQuery = `SELECT m.id, m.display_name, u.id, u.kind
FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.room_id = ? AND m.user_id IN (`

// ParticipantOf returns the participant of a row that was loaded with its user.
func ParticipantOf(row *ent.Membership) party.Participant {
	return party.Participant{
		ID: row.ID, DisplayName: row.DisplayName,
		User: party.User{ID: row.UserID, Kind: party.UserKind(row.Edges.User.Kind)},
	}
}

// SongOf returns the song of a row.
func SongOf(row *ent.Song) party.Song {
	return party.Song{
		URI: row.ID, Name: row.Name, Artists: row.Artists, ArtistURIs: row.ArtistUris, AlbumName: row.AlbumName,
		ImageURL: row.ImageURL, DurationMS: row.DurationMs, Explicit: row.Explicit, SpotifyURL: row.SpotifyURL,
		ISRC: row.Isrc, Playable: row.Playable,
	}
}
