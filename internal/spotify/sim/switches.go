package sim

import (
	"fmt"
	"time"
)

// Switches are how Spotify treats one account. The zero value is a Premium host whose player does what it is told.
type Switches struct {
	// Success is the status of a player command that was done: 200 with an opaque text, which is also what 0 means and
	// what Spotify gives since 2024, 204 as its reference says, or 202.
	Success int `json:"success,omitempty"`
	// Free is a host without Premium: player commands are 403 PREMIUM_REQUIRED.
	Free bool `json:"free,omitempty"`
	// NotAllowed is an account that the app's owner has not put on the list: all of the Web API is 403.
	NotAllowed bool `json:"not_allowed,omitempty"`
	// Autoplay lets the player go on with similar songs after its list.
	Autoplay bool `json:"autoplay,omitempty"`
	// Stale is how long after a command the player's state still shows what was before it. Queue and devices do not.
	Stale time.Duration `json:"stale_ns,omitempty"`
	// FollowsPlaylist lets the player notice changes of the playlist it plays. As a rule Spotify's does not, if the
	// playlist was started by the Web API.
	FollowsPlaylist bool `json:"follows_playlist,omitempty"`
	// ItemsForbidden makes every call of playlists/{id}/items 403, as some new apps have seen.
	ItemsForbidden bool `json:"items_forbidden,omitempty"`
	// Progress is how the state lies about progress_ms while music plays: "null", or "zero".
	Progress string `json:"progress,omitempty"`
	// EndStuck makes the end of the list a standstill just before the end of its last song, with is_playing true, instead
	// of a stop at its beginning.
	EndStuck bool `json:"end_stuck,omitempty"`
	// WithoutContext shows the context as null, whatever plays.
	WithoutContext bool `json:"without_context,omitempty"`
}

// AppSwitches are how Spotify treats the app as a whole. The zero value is an app in Development Mode that is within its
// limits.
type AppSwitches struct {
	// Extended is an app with extended quota, or an old one: removed endpoints and fields are back.
	Extended bool `json:"extended,omitempty"`
	// OwnerFree is an app whose owner has lost Premium: all of the Web API is 403.
	OwnerFree bool `json:"owner_free,omitempty"`
	// Rotate gives a new refresh token with each access token, and revokes the old one, as Spotify did until 2026.
	Rotate bool `json:"rotate,omitempty"`
	// Limit is how many requests are answered in any 30 seconds; 0: all.
	Limit int `json:"limit,omitempty"`
	// LimitJSON sends the limiter's 429 as JSON instead of text.
	LimitJSON bool `json:"limit_json,omitempty"`
	// RetryAfter is what the limiter sends; 0: how long it really takes.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Quota is how many requests are answered in any 24 hours before 429 QUOTA_EXCEEDED; 0: all. Its real size is not
	// published.
	Quota int `json:"quota,omitempty"`
	// RecommendationsForbidden makes GET recommendations 403 instead of 404; Development Mode has shown both.
	RecommendationsForbidden bool `json:"recommendations_forbidden,omitempty"`
}

// Tune changes an account's switches from now on.
func (s *Spotify) Tune(accountID string, change func(*Switches)) error {
	return s.changeAccount(accountID, func(a *account, _ *hand) error {
		next := a.Switches
		change(&next)
		if err := next.check(); err != nil {
			return err
		}
		a.Switches = next
		return nil
	})
}

func (s Switches) check() error {
	switch {
	case s.Success != 0 && s.Success != 200 && s.Success != 202 && s.Success != 204:
		return fmt.Errorf("success %d: want 200, 202 or 204", s.Success)
	case s.Progress != "" && s.Progress != "null" && s.Progress != "zero":
		return fmt.Errorf("progress %q: want null, zero or nothing", s.Progress)
	case s.Stale < 0:
		return fmt.Errorf("stale %v: want no time that is gone", s.Stale)
	}
	return nil
}

// TuneApp changes the app's switches from now on.
func (s *Spotify) TuneApp(change func(*AppSwitches)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.state.clone()
	change(&next.App)
	return s.commit(next)
}
