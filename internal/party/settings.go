package party

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// MaxQueue is how many songs can wait in a room at most.
const MaxQueue = 500

// Delivery says how songs reach the host's player.
type Delivery string

const (
	DeliveryQueue    Delivery = "QUEUE"    // into the player's queue, shortly before they are due
	DeliveryPlaylist Delivery = "PLAYLIST" // to the end of the playlist ANTWON-<code>, which the player plays
)

// Blocked is a song or an artist that may not play in a room.
type Blocked struct {
	URI       string
	Name      string
	Recording string // of a song: its other releases are blocked, too
}

// RoomSettings are the settings of a room: what its hosts can choose. docs/rules.md explains each. The names of the
// fields are those of the API.
type RoomSettings struct {
	RequestsOpen        bool // guests may add songs
	Delivery            Delivery
	Fallback            bool        // the server adds fallback songs when nothing else waits
	FallbackPlaylistURI *string     // where they come from; nil: recommendations
	GuestPlaylistURI    *string     // the playlist that the host chose for guests; nil: guests may add any song
	GuestPlaylistUse    PlaylistUse // what guests may do with it
	OrderMode           OrderMode
	AllowExplicit       bool
	MaxSongSeconds      *int       // nil: any length
	CooldownMinutes     int        // how long a recording that was played cannot be added again
	MaxQueueLength      int        // how many songs may wait
	MaxQueuedPerGuest   *int       // nil: no limit
	AddsPerHour         *int       // of one guest; nil: no limit
	SkipVotePercent     int        // of the members present; 0: voting is off
	RequireApproval     bool       // songs of newcomers wait for a host
	TrustedAfter        int        // how many accepted songs make a guest no longer a newcomer
	LikesAfterMinutes   int        // how long after joining a guest may like songs; 0: at once
	AwayAfterMinutes    *int       // how long a guest has to be absent before their songs wait; nil: they never wait
	Reactions           bool       // guests may react to the song that plays
	RequestsOpenAt      *time.Time // before then guests cannot add songs; nil: they can from the beginning
	LastCallAt          *time.Time // from then on guests cannot add songs; nil: no last call
	Blocked             []Blocked
}

// BlockedURIs returns the Spotify URIs of the blocked songs and artists.
func (s *RoomSettings) BlockedURIs() []string {
	uris := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		uris[i] = b.URI
	}
	return uris
}

// BlockedNames returns the names of the blocked songs and artists, in the order of BlockedURIs.
func (s *RoomSettings) BlockedNames() []string {
	names := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		names[i] = b.Name
	}
	return names
}

// SettingsChange is a change of some settings. Nil fields leave a setting as it is. For a setting that can be nil, a
// pointer to the zero value sets it to nil.
type SettingsChange struct {
	RequestsOpen        *bool
	Delivery            *Delivery
	Fallback            *bool
	FallbackPlaylistURI *string
	GuestPlaylistURI    *string
	GuestPlaylistUse    *PlaylistUse
	OrderMode           *OrderMode
	AllowExplicit       *bool
	MaxSongSeconds      *int
	CooldownMinutes     *int
	MaxQueueLength      *int
	MaxQueuedPerGuest   *int
	AddsPerHour         *int
	SkipVotePercent     *int
	RequireApproval     *bool
	TrustedAfter        *int
	LikesAfterMinutes   *int
	AwayAfterMinutes    *int
	Reactions           *bool
	RequestsOpenAt      *time.Time
	LastCallAt          *time.Time
	Blocked             []string // URIs or links; nil: unchanged
	// Block and Unblock are URIs or links to block as well, and to unblock; nil together with Blocked. If nil, they are
	// left out of JSON: hashes of it are stored with idempotency keys, and other changes have to keep theirs.
	Block   []string `json:",omitempty"`
	Unblock []string `json:",omitempty"`
}

// DefaultSettings returns the settings of a new room.
func DefaultSettings() RoomSettings {
	return RoomSettings{
		RequestsOpen: true, Delivery: DeliveryQueue, Fallback: true, OrderMode: OrderLikes, AllowExplicit: true,
		GuestPlaylistUse: PlaylistAdd,
		CooldownMinutes:  30, MaxQueueLength: MaxQueue, SkipVotePercent: 50, TrustedAfter: 3,
		Reactions: true,
	}
}

// ToBlock returns the URIs that the change blocks, nil if it has no list of them, and the field of the API they came
// from.
func (in *SettingsChange) ToBlock() (uris []string, field string) {
	if in.Blocked != nil {
		return in.Blocked, "input.settings.blocked"
	}
	return in.Block, "input.block"
}

// ApplyTo returns the settings after the change. blocked are the songs and artists of ToBlock with their names looked
// up. A nil change changes nothing. The error is BadUserInput if too many songs and artists would be blocked.
func (in *SettingsChange) ApplyTo(s RoomSettings, blocked []Blocked) (RoomSettings, error) {
	if in == nil {
		return s, nil
	}
	s.RequestsOpen = Or(in.RequestsOpen, s.RequestsOpen)
	s.Delivery = Or(in.Delivery, s.Delivery)
	s.Fallback = Or(in.Fallback, s.Fallback)
	s.FallbackPlaylistURI = orNone(in.FallbackPlaylistURI, s.FallbackPlaylistURI)
	s.GuestPlaylistURI = orNone(in.GuestPlaylistURI, s.GuestPlaylistURI)
	s.GuestPlaylistUse = Or(in.GuestPlaylistUse, s.GuestPlaylistUse)
	s.OrderMode = Or(in.OrderMode, s.OrderMode)
	s.AllowExplicit = Or(in.AllowExplicit, s.AllowExplicit)
	s.MaxSongSeconds = orNone(in.MaxSongSeconds, s.MaxSongSeconds)
	s.CooldownMinutes = Or(in.CooldownMinutes, s.CooldownMinutes)
	s.MaxQueueLength = Or(in.MaxQueueLength, s.MaxQueueLength)
	s.MaxQueuedPerGuest = orNone(in.MaxQueuedPerGuest, s.MaxQueuedPerGuest)
	s.AddsPerHour = orNone(in.AddsPerHour, s.AddsPerHour)
	s.SkipVotePercent = Or(in.SkipVotePercent, s.SkipVotePercent)
	s.RequireApproval = Or(in.RequireApproval, s.RequireApproval)
	s.TrustedAfter = Or(in.TrustedAfter, s.TrustedAfter)
	s.LikesAfterMinutes = Or(in.LikesAfterMinutes, s.LikesAfterMinutes)
	s.AwayAfterMinutes = orNone(in.AwayAfterMinutes, s.AwayAfterMinutes)
	s.Reactions = Or(in.Reactions, s.Reactions)
	s.RequestsOpenAt = orNone(in.RequestsOpenAt, s.RequestsOpenAt)
	s.LastCallAt = orNone(in.LastCallAt, s.LastCallAt)
	if in.Blocked == nil {
		blocked = in.mergedBlocked(s.Blocked, blocked)
	}
	if len(in.Block) > 0 && len(blocked) > maxBlocked {
		return s, BadInput("input.block", "must leave at most %d songs and artists blocked", maxBlocked)
	}
	if len(blocked)+len(s.Blocked) > 0 {
		s.Blocked = blocked
	}
	return s, nil
}

// mergedBlocked returns have without what the change unblocks, then those of blocked that are not in it yet.
func (in *SettingsChange) mergedBlocked(have, blocked []Blocked) []Blocked {
	merged := slices.DeleteFunc(slices.Clone(have), func(b Blocked) bool { return slices.Contains(in.Unblock, b.URI) })
	for _, added := range blocked {
		if !slices.ContainsFunc(merged, func(b Blocked) bool { return b.URI == added.URI }) {
			merged = append(merged, added)
		}
	}
	return merged
}

// Or returns *wanted, or now if wanted is nil.
func Or[T any](wanted *T, now T) T {
	if wanted != nil {
		return *wanted
	}
	return now
}

// orNone is Or for a setting that can be nil: a wanted zero value makes it nil.
func orNone[T comparable](wanted, now *T) *T {
	var none T
	switch {
	case wanted == nil:
		return now
	case *wanted == none:
		return nil
	}
	return wanted
}

// ChangedNames returns the names of the settings in which s and other differ, as the API spells them.
func (s RoomSettings) ChangedNames(other RoomSettings) (names []string) {
	a, b := reflect.ValueOf(s), reflect.ValueOf(other)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name := strings.ReplaceAll(a.Type().Field(i).Name, "URI", "Uri")
			names = append(names, strings.ToLower(name[:1])+name[1:])
		}
	}
	return names
}
