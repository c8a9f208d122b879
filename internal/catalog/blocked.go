package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antwon.dj/backend/internal/party"
)

// maxBlockedName is how many characters of the name of a blocked song or artist are kept.
const maxBlockedName = 255

// DescribeBlocked returns the name and the recording of each song and artist that a change of settings blocks. It takes
// those that known contains from there, and asks Spotify for at most party.MaxNewBlocked others. The error is
// BadUserInput if there are more, or if Spotify does not have one of them.
func (c *Catalog) DescribeBlocked(
	ctx context.Context, hostID string, change *party.SettingsChange, known []party.Blocked,
) ([]party.Blocked, error) {
	uris, field := change.ToBlock()
	blocked := []party.Blocked{}
	unknown := 0
	for _, uri := range uris {
		if i := slices.IndexFunc(known, func(b party.Blocked) bool { return b.URI == uri }); i >= 0 {
			blocked = append(blocked, known[i])
			continue
		}
		if unknown++; unknown > party.MaxNewBlocked {
			return nil, party.BadInput(field, "must have at most %d new songs and artists at once", party.MaxNewBlocked)
		}
		b, err := c.fetchBlocked(ctx, hostID, uri)
		if party.CodeOf(err) == party.NotFound {
			return nil, party.BadInput(field, "must exist at Spotify: %s does not", uri)
		}
		if err != nil {
			return nil, fmt.Errorf("look up what to block: %w", err)
		}
		blocked = append(blocked, b)
	}
	return blocked, nil
}

func (c *Catalog) fetchBlocked(ctx context.Context, hostID, uri string) (party.Blocked, error) {
	if strings.HasPrefix(uri, "spotify:artist:") {
		name, err := c.spotify.Artist(ctx, hostID, uri)
		if name == "" {
			name = uri
		}
		return party.Blocked{URI: uri, Name: party.Truncate(name, maxBlockedName)}, err
	}
	s, err := c.Song(ctx, hostID, uri)
	if err != nil {
		return party.Blocked{}, err
	}
	return party.Blocked{
		URI: uri, Name: party.Truncate(s.Name, maxBlockedName), Recording: party.RecordingOf(s),
	}, nil
}
