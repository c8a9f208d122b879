package sim

import (
	"errors"
	"fmt"
	"time"
)

// Switches determine how Spotify treats one account. The zero value is a Premium host whose player obeys all commands.
type Switches struct {
	// Success is the status of a successful player command: 200 with an opaque text, which Spotify has sent since 2024 and
	// which 0 also means, 204 as the reference says, or 202.
	Success int `json:"success,omitempty"`
	// Free means a host without Premium. Player commands fail with 403 PREMIUM_REQUIRED.
	Free bool `json:"free,omitempty"`
	// NotAllowed means an account that is not on the app's list. All requests to the Web API fail with 403.
	NotAllowed bool `json:"not_allowed,omitempty"`
	// Autoplay makes the player continue with similar songs after the end of its list.
	Autoplay bool `json:"autoplay,omitempty"`
	// Stale is how long after a command the player's state still shows the situation before it. Queue and devices are
	// always up to date.
	Stale time.Duration `json:"stale_ns,omitempty"`
	// FollowsPlaylist makes the player notice changes of the playlist it plays. As a rule Spotify's player does not, if
	// the playlist was started through the Web API.
	FollowsPlaylist bool `json:"follows_playlist,omitempty"`
	// ItemsForbidden makes every request to playlists/{id}/items fail with 403, as some new apps have seen.
	ItemsForbidden bool `json:"items_forbidden,omitempty"`
	// Progress makes the state show a wrong progress_ms while music plays: "null" or "zero".
	Progress string `json:"progress,omitempty"`
	// EndStuck makes the player freeze just before the end of the last song of its list, with is_playing true, instead of
	// stopping at that song's beginning.
	EndStuck bool `json:"end_stuck,omitempty"`
	// WithoutContext makes the state show the context as null, whatever plays.
	WithoutContext bool `json:"without_context,omitempty"`
	// Crossfade is by how much two songs overlap, up to 12 seconds: the next one starts this long before the end of the
	// current one, whose progress never reaches its duration. The log of what was heard counts that as its end.
	Crossfade time.Duration `json:"crossfade_ns,omitempty"`
	// Automix is how much of both ends of a song the player leaves out where one song follows another. Without Crossfade
	// and Automix, songs follow each other without a gap.
	Automix time.Duration `json:"automix_ns,omitempty"`
	// AdBetween is the length of an advertisement before each song that follows another one.
	AdBetween time.Duration `json:"ad_between_ns,omitempty"`
	// SleepAfter is how long after it has stopped playing a device falls asleep: it is no longer listed, until the host
	// resumes or opens the app. With SleepListed it is only inactive, and a command that names it wakes it. With
	// SleepNewID it has another ID afterwards.
	SleepAfter  time.Duration `json:"sleep_after_ns,omitempty"`
	SleepListed bool          `json:"sleep_listed,omitempty"`
	SleepNewID  bool          `json:"sleep_new_id,omitempty"`
}

// AppSwitches determine how Spotify treats the app as a whole. The zero value is an app in Development Mode that is
// within its limits.
type AppSwitches struct {
	// Extended means an app with extended quota, or an old one. It has the removed endpoints and fields.
	Extended bool `json:"extended,omitempty"`
	// OwnerFree means an app whose owner has lost Premium. All requests to the Web API fail with 403.
	OwnerFree bool `json:"owner_free,omitempty"`
	// Rotate issues a new refresh token with each access token and revokes the old one, as Spotify did until 2026.
	Rotate bool `json:"rotate,omitempty"`
	// Limit is how many requests are allowed in any 30 seconds; 0 means no limit.
	Limit int `json:"limit,omitempty"`
	// LimitJSON makes the limiter send its 429 as JSON instead of plain text.
	LimitJSON bool `json:"limit_json,omitempty"`
	// RetryAfter is the wait that the limiter sends; 0 means the actual one.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Quota is how many requests are allowed in any 24 hours before 429 QUOTA_EXCEEDED; 0 means no quota. The size of
	// Spotify's quota is not published.
	Quota int `json:"quota,omitempty"`
	// RecommendationsForbidden makes GET recommendations fail with 403 instead of 404. In Development Mode, both have been
	// seen.
	RecommendationsForbidden bool `json:"recommendations_forbidden,omitempty"`
	// LongNames is how many bytes the names of songs, artists, albums, devices, playlists and users have at least, and
	// LongURLs how many the URLs of images have.
	LongNames int `json:"long_names,omitempty"`
	LongURLs  int `json:"long_urls,omitempty"`
}

// maxCrossfade is the longest crossfade that Spotify's apps offer.
const maxCrossfade = 12 * time.Second

// ChangeSwitches changes an account's switches. It returns an error if the account does not exist or a value is
// invalid.
func (s *Spotify) ChangeSwitches(accountID string, change func(*Switches)) error {
	return s.changeAccount(accountID, func(a *account, _ *accountChange) error {
		next := a.Switches
		change(&next)
		if err := next.validate(); err != nil {
			return err
		}
		a.Switches = next
		return nil
	})
}

func (s Switches) validate() error {
	switch {
	case s.Success != 0 && s.Success != 200 && s.Success != 202 && s.Success != 204:
		return fmt.Errorf("success is %d, must be 200, 202 or 204", s.Success)
	case s.Progress != "" && s.Progress != "null" && s.Progress != "zero":
		return fmt.Errorf("progress is %q, must be null, zero or empty", s.Progress)
	case s.Stale < 0:
		return fmt.Errorf("stale is %v, must not be negative", s.Stale)
	case s.Crossfade < 0 || s.Crossfade > maxCrossfade:
		return fmt.Errorf("crossfade is %v, must be from 0 to %v", s.Crossfade, maxCrossfade)
	case min(s.Automix, s.AdBetween, s.SleepAfter) < 0:
		return errors.New("automix, ad_between and sleep_after must not be negative")
	}
	return nil
}

// maxLongText bounds the names and URLs of AppSwitches, as a response contains hundreds of them.
const maxLongText = 100_000

// ChangeAppSwitches changes the app's switches.
func (s *Spotify) ChangeAppSwitches(change func(*AppSwitches)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.state.clone()
	change(&next.App)
	if app := next.App; max(app.LongNames, app.LongURLs) > maxLongText {
		return fmt.Errorf("long_names and long_urls must be at most %d", maxLongText)
	}
	return s.commit(next)
}
