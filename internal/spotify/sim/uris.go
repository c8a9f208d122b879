package sim

import "strings"

const trackURI = "spotify:track:"

// playable turns track URIs into the IDs that a player plays for them, in order and without those it would pass over.
func (s *Spotify) playable(uris ...string) ([]string, error) {
	var ids []string
	for _, uri := range uris {
		t, err := s.named(uri)
		if err != nil {
			return nil, err
		}
		if t.Playable {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids, nil
}

// named is the track of a URI.
func (s *Spotify) named(uri string) (*track, error) {
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

// contextTracks are what a player plays of an album, an artist or a playlist.
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
		return s.playsOf(list), nil
	case "album":
		tracks = s.catalogue.onAlbum(id)
	case "artist":
		tracks = s.catalogue.byArtist(id)
	default:
		return nil, badRequest("Invalid context uri")
	}
	if tracks == nil {
		return nil, notFound()
	}
	return plays(tracks), nil
}

func plays(tracks []*track) []string {
	var ids []string
	for _, t := range tracks {
		if t.Playable {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids
}
