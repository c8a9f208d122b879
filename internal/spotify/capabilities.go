package spotify

import (
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// capability is an endpoint that some apps have and others lost, depending on the app's age and mode. Spotify offers no
// way to query it, so only an actual call shows it.
type capability string

const (
	createForMe       capability = "POST me/playlists"
	createForUser     capability = "POST users/{id}/playlists" // deprecated, like every second alternative below
	readItems         capability = "GET playlists/{id}/items"
	readTracks        capability = "GET playlists/{id}/tracks"
	appendItem        capability = "POST playlists/{id}/items"
	appendTrack       capability = "POST playlists/{id}/tracks"
	removeFromLibrary capability = "DELETE me/library"
	unfollow          capability = "DELETE playlists/{id}/followers"
	recommendation    capability = "GET recommendations"
)

const (
	maxCapabilities = 10_000 // cached entries
	// removedFor is how long an endpoint counts as missing. Apps have been seen to regain endpoints.
	removedFor = 24 * time.Hour
)

// capabilityKey identifies a capability of the app of one host.
type capabilityKey struct {
	hostID     string
	capability capability
}

// capabilities caches which endpoints are available for each host: true, false, or no entry if it is unknown.
type capabilities struct{ *cache[capabilityKey, bool] }

func newCapabilities() capabilities {
	return capabilities{newCache[capabilityKey, bool]("capability", maxCapabilities, removedFor, nil)}
}

// alternative is one of several endpoints for the same purpose.
type alternative struct {
	capability capability
	try        func() *failure
}

// tryInOrder tries the alternatives in order until one succeeds or fails for another reason than a missing endpoint or
// scope. The next alternative may not need the missing scope; if none is left, tryInOrder returns the failure about it.
func (c capabilities) tryInOrder(hostID string, alternatives ...alternative) *failure {
	last := &failure{kind: playback.Unavailable, message: "this app has no endpoint for this"}
	for _, a := range alternatives {
		key := capabilityKey{hostID, a.capability}
		has, known := c.get(key)
		if known && !has {
			continue
		}
		switch failed := a.try(); {
		case failed == nil:
			c.add(key, true)
			return nil
		case failed.suggestsRemovedEndpoint() && !has: // if it worked before, the failure concerns the requested object
			c.add(key, false)
		case failed.healthReason == party.ReasonScope:
			last = failed
		default:
			return failed
		}
	}
	return last
}
