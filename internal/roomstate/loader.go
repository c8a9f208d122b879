package roomstate

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/membership"
	"antwon.dj/backend/ent/song"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	songsCached  = 10_000
	peopleCached = 10_000
)

// NotFound errors for an id that names nothing.
var (
	ErrNoRoom = party.Errorf(party.NotFound, "There is no room with this id.")
	ErrNoItem = party.Errorf(party.NotFound, "There is no song with this id in a queue.")
)

// Loader reads the states of rooms and single queue items from the database; it is the live.Source of the feeds.
// It caches stored songs, and the names that users have in rooms: a use case that changes a name calls
// ForgetName. It is safe for concurrent use.
type Loader struct {
	db     *database.DB
	songs  *lru.Cache[string, party.Song]
	people *lru.Cache[personKey, party.Participant] // not used by Load, which reads names with the items
}

type personKey struct{ roomID, userID string }

// NewLoader returns a Loader of a database, with empty caches.
func NewLoader(db *database.DB) *Loader {
	songs, _ := lru.New[string, party.Song](songsCached) // fails only for a size of 0
	people, _ := lru.New[personKey, party.Participant](peopleCached)
	return &Loader{db: db, songs: songs, people: people}
}

// ForgetName makes the loader read the name that a user has in a room again: for use cases that change it.
func (l *Loader) ForgetName(roomID, userID string) { l.people.Remove(personKey{roomID, userID}) }

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

// addPeople completes the adders of items, of whom only the id is known.
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
		if s, ok := l.songs.Get(uri); ok {
			found[uri] = s
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
		l.songs.Add(row.ID, found[row.ID])
	}
	return found, nil
}

// Participants returns members of the room by user id.
func (l *Loader) Participants(
	ctx context.Context, roomID string, ids []string,
) (map[string]party.Participant, error) {
	found := make(map[string]party.Participant, len(ids))
	var missing []string
	for _, id := range ids {
		if u, ok := l.people.Get(personKey{roomID, id}); ok {
			found[id] = u
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	rows, err := l.db.Read.Membership.Query().
		Where(membership.RoomID(roomID), membership.UserIDIn(missing...)).WithUser().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	for _, row := range rows {
		found[row.UserID] = ParticipantOf(row)
		l.people.Add(personKey{roomID, row.UserID}, found[row.UserID])
	}
	return found, nil
}

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
