package spotify

import (
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// capability is an endpoint that some apps have and others lost. Which it is depends on the app's age and mode, and Spotify
// does not tell: only the real call does.
type capability string

const (
	createForMe    capability = "POST me/playlists"
	createForUser  capability = "POST users/{id}/playlists" // deprecated, as all that come second
	readItems      capability = "GET playlists/{id}/items"
	readTracks     capability = "GET playlists/{id}/tracks"
	appendItem     capability = "POST playlists/{id}/items"
	appendTrack    capability = "POST playlists/{id}/tracks"
	leaveLibrary   capability = "DELETE me/library"
	unfollow       capability = "DELETE playlists/{id}/followers"
	recommendation capability = "GET recommendations"
)

const (
	capabilitiesKept = 10_000
	// withdrawnFor is how long a refusal is believed: apps have got endpoints back.
	withdrawnFor = 24 * time.Hour
)

type capabilityKey struct {
	hostID     string
	capability capability
}

// capabilities are what was learned of the endpoints, for each host: true, false, or nothing.
type capabilities struct{ *memory[capabilityKey, bool] }

func newCapabilities() capabilities {
	return capabilities{newMemory[capabilityKey, bool]("capability", capabilitiesKept, withdrawnFor, nil)}
}

// rung is one way to do something.
type rung struct {
	capability capability
	try        func() *failure
}

// climb tries one way after the other, until one is not refused for good. A scope that is missing for one way may not be
// needed for the next; it is what is told if none is left.
func (c capabilities) climb(hostID string, rungs ...rung) *failure {
	last := &failure{kind: playback.Unavailable, message: "this app has no endpoint for it"}
	for _, r := range rungs {
		key := capabilityKey{hostID, r.capability}
		has, known := c.get(key)
		if known && !has {
			continue
		}
		switch failed := r.try(); {
		case failed == nil:
			c.add(key, true)
			return nil
		case failed.withdrawn() && !has: // of one that answered before, this is about what was asked for
			c.add(key, false)
		case failed.why == party.ReasonScope:
			last = failed
		default:
			return failed
		}
	}
	return last
}
