package party

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	maxBlocked    = 200 // songs and artists in one room
	MaxNewBlocked = 20  // of these, new ones in one request: each has to be looked up at Spotify
)

var (
	playlistPattern = regexp.MustCompile(`^spotify:playlist:[0-9A-Za-z]{1,64}$`)
	blockedPattern  = regexp.MustCompile(`^spotify:(track|artist):[0-9A-Za-z]{22}$`)
)

// ParseSettings returns a change of settings with its links turned into URIs, or a BadUserInput error that names the
// setting that is out of bounds. A nil change becomes an empty one.
func ParseSettings(in *SettingsChange) (*SettingsChange, error) {
	if in == nil {
		return &SettingsChange{}, nil
	}
	parsed := *in
	if d := in.Delivery; d != nil && *d != DeliveryQueue && *d != DeliveryPlaylist {
		return nil, BadInput("input.settings.delivery", "must be QUEUE or PLAYLIST")
	}
	if m := in.OrderMode; m != nil && *m != OrderLikes && *m != OrderFair && *m != OrderTurns {
		return nil, BadInput("input.settings.orderMode", "must be LIKES, FAIR or TURNS")
	}
	if u := in.GuestPlaylistUse; u != nil && *u != PlaylistAdd && *u != PlaylistLike {
		return nil, BadInput("input.settings.guestPlaylistUse", "must be ADD or LIKE")
	}
	if err := parsePlaylists(&parsed); err != nil {
		return nil, err
	}
	if err := parseNumbers(in); err != nil {
		return nil, err
	}
	if err := parseTimes(&parsed); err != nil {
		return nil, err
	}
	if err := parseBlockedLists(&parsed); err != nil {
		return nil, err
	}
	return &parsed, nil
}

// parseBlockedLists turns links to songs and artists into URIs.
func parseBlockedLists(in *SettingsChange) (err error) {
	if in.Blocked != nil && (in.Block != nil || in.Unblock != nil) {
		return BadInput("input.settings.blocked", "cannot be combined with block and unblock")
	}
	if in.Blocked, err = parseBlocked("input.settings.blocked", in.Blocked); err != nil {
		return err
	}
	if in.Block, err = parseBlocked("input.block", in.Block); err != nil {
		return err
	}
	if in.Unblock, err = parseBlocked("input.unblock", in.Unblock); err != nil {
		return err
	}
	if slices.ContainsFunc(in.Block, func(uri string) bool { return slices.Contains(in.Unblock, uri) }) {
		return BadInput("input.unblock", "cannot contain what block contains")
	}
	return nil
}

// parsePlaylists turns links to playlists into URIs. An empty text stands for no playlist.
func parsePlaylists(in *SettingsChange) error {
	for field, uri := range map[string]**string{
		"fallbackPlaylistUri": &in.FallbackPlaylistURI, "guestPlaylistUri": &in.GuestPlaylistURI,
	} {
		if *uri == nil {
			continue
		}
		parsed := playlistOf(**uri)
		if parsed != "" && !playlistPattern.MatchString(parsed) {
			return BadInput("input.settings."+field, "must be spotify:playlist:… or a link to a playlist on open.spotify.com")
		}
		*uri = &parsed
	}
	return nil
}

// parseNumbers returns an error if a number is out of bounds. 0 is always allowed where it means no limit.
func parseNumbers(in *SettingsChange) error {
	for _, n := range []struct {
		field       string
		value       *int
		least, most int
		none        bool
	}{
		{"maxSongSeconds", in.MaxSongSeconds, 30, 86_400, true},
		{"cooldownMinutes", in.CooldownMinutes, 0, 1440, false},
		{"maxQueueLength", in.MaxQueueLength, 1, MaxQueue, false},
		{"maxQueuedPerGuest", in.MaxQueuedPerGuest, 1, MaxQueue, true},
		{"addsPerHour", in.AddsPerHour, 1, MaxQueue, true},
		{"skipVotePercent", in.SkipVotePercent, 0, 100, false},
		{"trustedAfter", in.TrustedAfter, 1, 100, false},
		{"likesAfterMinutes", in.LikesAfterMinutes, 0, 1440, false},
		{"awayAfterMinutes", in.AwayAfterMinutes, 1, 1440, true},
	} {
		switch {
		case n.value == nil || n.none && *n.value == 0:
		case *n.value >= n.least && *n.value <= n.most:
		case n.none:
			return BadInput("input.settings."+n.field, "must be %d to %d, or 0 for no limit", n.least, n.most)
		default:
			return BadInput("input.settings."+n.field, "must be %d to %d", n.least, n.most)
		}
	}
	return nil
}

// parseTimes truncates the times to microseconds, which is what the databases store. Any time is valid; a last call
// that has passed closes the room to guests' songs at once.
func parseTimes(in *SettingsChange) error {
	for field, at := range map[string]**time.Time{"requestsOpenAt": &in.RequestsOpenAt, "lastCallAt": &in.LastCallAt} {
		if *at == nil || (*at).IsZero() {
			continue
		}
		if year := (*at).Year(); year < 1970 || year > 9999 {
			return BadInput("input.settings."+field, "must be a time from 1970 to 9999")
		}
		cut := (*at).UTC().Truncate(time.Microsecond)
		*at = &cut
	}
	return nil
}

// parseBlocked returns the URIs of URIs and links, without duplicates. It returns nil for nil, and an empty slice for
// an empty one. Errors name the field.
func parseBlocked(field string, texts []string) ([]string, error) {
	if texts == nil {
		return nil, nil
	}
	uris := []string{}
	for _, text := range texts {
		uri := strings.TrimSpace(text)
		for _, kind := range []string{"track", "artist"} {
			if id := idOfLink(uri, kind); id != "" {
				uri = "spotify:" + kind + ":" + id
			}
		}
		if !blockedPattern.MatchString(uri) {
			return nil, BadInput(field,
				"must consist of spotify:track:…, spotify:artist:… or links to them on open.spotify.com")
		}
		if !slices.Contains(uris, uri) {
			uris = append(uris, uri)
		}
		if len(uris) > maxBlocked {
			return nil, BadInput(field, "must be at most %d songs and artists", maxBlocked)
		}
	}
	return uris, nil
}

// playlistOf returns the URI of a link to a playlist. It returns any other text unchanged, but trimmed.
func playlistOf(text string) string {
	text = strings.TrimSpace(text)
	if id := idOfLink(text, "playlist"); id != "" {
		return "spotify:playlist:" + id
	}
	return text
}
