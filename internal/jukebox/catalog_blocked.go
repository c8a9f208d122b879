package jukebox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"antwon.dj/backend/internal/party"
)

// lookUp finds out what songs and artists are that shall be blocked, as far as it is not known.
func (j *Jukebox) lookUp(ctx context.Context, hostID string, uris []string, known []party.Blocked) ([]party.Blocked, error) {
	blocked := []party.Blocked{}
	asked := 0
	for _, uri := range uris {
		if i := slices.IndexFunc(known, func(b party.Blocked) bool { return b.URI == uri }); i >= 0 {
			blocked = append(blocked, known[i])
			continue
		}
		if asked++; asked > party.MaxNewBlocked {
			return nil, party.BadInput("input.settings.blocked", "must have at most %d new songs and artists at once", party.MaxNewBlocked)
		}
		b, err := j.lookUpOne(ctx, hostID, uri)
		if party.CodeOf(err) == party.NotFound {
			return nil, party.BadInput("input.settings.blocked", "must exist at Spotify: %s does not", uri)
		}
		if err != nil {
			return nil, fmt.Errorf("look up what is blocked: %w", err)
		}
		blocked = append(blocked, b)
	}
	return blocked, nil
}

func (j *Jukebox) lookUpOne(ctx context.Context, hostID, uri string) (party.Blocked, error) {
	if strings.HasPrefix(uri, "spotify:artist:") {
		name, err := j.cfg.Catalog.Artist(ctx, hostID, uri)
		return party.Blocked{URI: uri, Name: party.Truncate(cmp.Or(name, uri), 255)}, err
	}
	s, err := j.fetchSong(ctx, hostID, uri)
	if err != nil {
		return party.Blocked{}, err
	}
	return party.Blocked{URI: uri, Name: party.Truncate(s.Name, 255), Recording: party.RecordingOf(s)}, nil
}
