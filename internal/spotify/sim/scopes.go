package sim

import (
	"slices"
	"strings"
)

// The scopes of the endpoints that are simulated (Spotify's guide "Scopes").
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

// allScopes is what the accounts of AddAccount have granted.
func allScopes() []string {
	return []string{
		scopeReadState, scopeModifyState, scopeReadCurrent, scopeReadRecent, scopeReadPrivate, scopeModifyPrivate,
		scopeModifyPublic, scopeTop, scopeReadLibrary, scopeModifyLibrary, scopeProfilePrivate,
	}
}

// otherScopes exist, and open nothing here.
func otherScopes() []string {
	return []string{
		"user-read-email", "playlist-read-collaborative", "user-follow-read", "user-follow-modify", "streaming",
		"app-remote-control", "user-read-playback-position", "ugc-image-upload", "user-personalized",
	}
}

// parseScopes reads a list separated by spaces; false: there is no such scope.
func parseScopes(text string) ([]string, bool) {
	scopes := strings.Fields(text)
	for _, scope := range scopes {
		if !slices.Contains(allScopes(), scope) && !slices.Contains(otherScopes(), scope) {
			return nil, false
		}
	}
	return scopes, true
}

func covers(granted, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(scope string) bool { return !slices.Contains(granted, scope) })
}
