package sim

import "strings"

const trackURI = "spotify:track:"

// playableIDs returns the IDs that a player plays for track URIs, in order, without tracks that are not playable.
func (s *Spotify) playableIDs(uris ...string) ([]string, error) {
	var ids []string
	for _, uri := range uris {
		t, err := s.trackByURI(uri)
		if err != nil {
			return nil, err
		}
		if t.Playable {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids, nil
}

// trackByURI returns the track with a URI.
func (s *Spotify) trackByURI(uri string) (*track, error) {
	id, ok := strings.CutPrefix(uri, trackURI)
	if !ok {
		return nil, badRequest("Invalid track uri: " + uri)
	}
	t := s.catalogue.byID[id]
	if t == nil {
		return nil, notFound()
	}
	return t, nil
}

// contextTracks returns the IDs that a player plays of an album, an artist or a playlist.
func (s *Spotify) contextTracks(st state, uri string) ([]string, error) {
	parts := strings.Split(uri, ":")
	if len(parts) != 3 || parts[0] != "spotify" {
		return nil, badRequest("Invalid context uri")
	}
	var tracks []*track
	switch id := parts[2]; parts[1] {
	case "playlist":
		list, ok := st.Playlists[id]
		if !ok {
			return nil, notFound()
		}
		return s.playlistTrackIDs(list), nil
	case "album":
		tracks = s.catalogue.tracksOnAlbum(id)
	case "artist":
		tracks = s.catalogue.tracksByArtist(id)
	default:
		return nil, badRequest("Invalid context uri")
	}
	if tracks == nil {
		return nil, notFound()
	}
	return playableTrackIDs(tracks), nil
}

// playableTrackIDs returns the IDs that a player plays for tracks, without those that are not playable.
func playableTrackIDs(tracks []*track) []string {
	var ids []string
	for _, t := range tracks {
		if t.Playable {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids
}
