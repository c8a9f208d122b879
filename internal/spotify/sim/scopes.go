package sim

import (
	"slices"
	"strings"
)

// The scopes that the simulated endpoints require (Spotify's guide "Scopes").
const (
	scopeReadState      = "user-read-playback-state"
	scopeModifyState    = "user-modify-playback-state"
	scopeReadCurrent    = "user-read-currently-playing"
	scopeReadRecent     = "user-read-recently-played"
	scopeReadPrivate    = "playlist-read-private"
	scopeModifyPrivate  = "playlist-modify-private"
	scopeModifyPublic   = "playlist-modify-public"
	scopeTop            = "user-top-read"
	scopeReadLibrary    = "user-library-read"
	scopeModifyLibrary  = "user-library-modify"
	scopeProfilePrivate = "user-read-private"
)

// allScopes returns the scopes that accounts made by AddAccount have granted.
func allScopes() []string {
	return []string{
		scopeReadState, scopeModifyState, scopeReadCurrent, scopeReadRecent, scopeReadPrivate, scopeModifyPrivate,
		scopeModifyPublic, scopeTop, scopeReadLibrary, scopeModifyLibrary, scopeProfilePrivate,
	}
}

// otherScopes returns scopes that exist, but that no simulated endpoint requires.
func otherScopes() []string {
	return []string{
		"user-read-email", "playlist-read-collaborative", "user-follow-read", "user-follow-modify", "streaming",
		"app-remote-control", "user-read-playback-position", "ugc-image-upload", "user-personalized",
	}
}

// parseScopes reads a list of scopes separated by spaces. It returns false if one of them does not exist.
func parseScopes(text string) ([]string, bool) {
	scopes := strings.Fields(text)
	for _, scope := range scopes {
		if !slices.Contains(allScopes(), scope) && !slices.Contains(otherScopes(), scope) {
			return nil, false
		}
	}
	return scopes, true
}

// hasScopes reports whether all wanted scopes were granted.
func hasScopes(granted, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(scope string) bool { return !slices.Contains(granted, scope) })
}
