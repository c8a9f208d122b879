package party

import (
	"reflect"
	"strings"
	"time"
)

const MaxQueue = 500 // songs that can wait in a room

// Delivery is how a song reaches the host's player.
type Delivery string

const (
	DeliveryQueue    Delivery = "QUEUE"    // into the player's queue, shortly before it is due
	DeliveryPlaylist Delivery = "PLAYLIST" // to the end of a playlist, ANTWON-<code>, which the player plays
)

// Blocked is a song or an artist that may not play in a room.
type Blocked struct {
	URI       string
	Name      string
	Recording string // of a song, so that its other releases are blocked, too
}

// RoomSettings are what a room's host has decided.
type RoomSettings struct {
	RequestsOpen        bool // guests may add songs
	Delivery            Delivery
	Fallback            bool    // when the queue is empty other music plays
	FallbackPlaylistURI *string // from here, if possible; nil: what goes with the songs before
	OrderMode           OrderMode
	AllowExplicit       bool
	MaxSongSeconds      *int // nil: any length
	CooldownMinutes     int  // for so long a song is not taken again
	MaxQueueLength      int  // songs that wait
	MaxQueuedPerGuest   *int // nil: as many as they like
	AddsPerHour         *int // of one guest; nil: as many as they like
	SkipVotePercent     int  // of those present; 0: nobody can vote
	RequireApproval     bool // songs of newcomers wait for a host
	TrustedAfter        int  // songs after which a guest is no newcomer
	LastCallAt          *time.Time
	Blocked             []Blocked
}

// BlockedURIs are Spotify's URIs of the songs and artists that may not play here.
func (s *RoomSettings) BlockedURIs() []string {
	uris := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		uris[i] = b.URI
	}
	return uris
}

// BlockedNames are what the blocked songs and artists are called, in their order.
func (s *RoomSettings) BlockedNames() []string {
	names := make([]string, len(s.Blocked))
	for i, b := range s.Blocked {
		names[i] = b.Name
	}
	return names
}

// SettingsChange is what shall change of a room's settings; nil fields stay. Where there may be none, the zero value
// means none.
type SettingsChange struct {
	RequestsOpen        *bool
	Delivery            *Delivery
	Fallback            *bool
	FallbackPlaylistURI *string
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
	LastCallAt          *time.Time
	Blocked             []string // URIs or links; nil: stays
}

// usualSettings are those of a room whose host wants nothing in particular.
func DefaultSettings() RoomSettings {
	return RoomSettings{
		RequestsOpen: true, Delivery: DeliveryQueue, Fallback: true, OrderMode: OrderLikes, AllowExplicit: true,
		CooldownMinutes: 30, MaxQueueLength: MaxQueue, SkipVotePercent: 50, TrustedAfter: 3,
	}
}

// over returns settings after a change; what is blocked comes looked up.
func (in *SettingsChange) ApplyTo(s RoomSettings, blocked []Blocked) RoomSettings {
	if in == nil {
		return s
	}
	s.RequestsOpen = Or(in.RequestsOpen, s.RequestsOpen)
	s.Delivery = Or(in.Delivery, s.Delivery)
	s.Fallback = Or(in.Fallback, s.Fallback)
	s.FallbackPlaylistURI = orNone(in.FallbackPlaylistURI, s.FallbackPlaylistURI)
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
	s.LastCallAt = orNone(in.LastCallAt, s.LastCallAt)
	if len(in.Blocked)+len(s.Blocked) > 0 && in.Blocked != nil {
		s.Blocked = blocked
	}
	return s
}

// or returns what is wanted, and otherwise what there is.
func Or[T any](wanted *T, now T) T {
	if wanted != nil {
		return *wanted
	}
	return now
}

// orNone is or for what need not be: a wanted zero value is none.
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

// differing names the settings that are others, as the API does.
func (s RoomSettings) ChangedNames(other RoomSettings) (names []string) {
	a, b := reflect.ValueOf(s), reflect.ValueOf(other)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name := a.Type().Field(i).Name
			names = append(names, strings.ToLower(name[:1])+name[1:])
		}
	}
	return names
}
