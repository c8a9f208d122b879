package party

import "time"

// PlaybackStatus says what the host's player is doing.
type PlaybackStatus string

const (
	Playing PlaybackStatus = "PLAYING"
	Paused  PlaybackStatus = "PAUSED"
	Idle    PlaybackStatus = "IDLE"
)

// Playback is what the host's player was doing when it was last observed. Version and VotesVersion are the room's
// versions at which members last saw a change of it; progress that advances as expected is not a change.
type Playback struct {
	RoomID     string
	Version    int64
	Status     PlaybackStatus
	Item       *QueueItem // nil if the song that plays is not from this room
	Song       *Song
	ProgressMS *int
	ObservedAt time.Time // when the progress was ProgressMS
	Device     *Device
	Delivery   Delivery // how songs reach the player at present: as the host chose, or as the player makes necessary
	Health     HealthState
	Reason     HealthReason // the exact cause; empty if Health says everything
	Until      *time.Time   // with HealthCoolingDown: when the server asks Spotify again

	SkipVotes       int        // votes of present members for this play
	SkipVotesNeeded int        // 0: voting is off
	VotesFrom       *time.Time // when voting opens for the song that plays; nil while no song of this room plays
	VotesVersion    int64      // the room's version at which the votes, or the number needed, last changed
}

// ID returns the playback's id, by which clients' caches tell playbacks apart.
func (p *Playback) ID() string { return "Playback:" + p.RoomID }

// ShownVersion returns the version of everything that clients see of the playback, votes included. It never decreases,
// and is at most the room's version.
func (p *Playback) ShownVersion() int64 { return max(p.Version, p.VotesVersion) }

// Device is something on which the host's Spotify account can play.
type Device struct {
	ID            string
	Name          string
	Type          string
	IsActive      bool
	IsRestricted  bool
	FixedVolume   bool // Spotify says that other apps cannot change the volume
	VolumePercent *int
}

// SupportsVolume reports whether other apps can change the volume, as far as Spotify says.
func (d Device) SupportsVolume() bool { return !d.FixedVolume }

// HealthState says whether a room's music can go on, and if not, what is wrong.
type HealthState string

const (
	HealthOK              HealthState = "OK"
	HealthNothingToPlay   HealthState = "NOTHING_TO_PLAY"
	HealthDeviceLost      HealthState = "DEVICE_LOST"
	HealthHostTookOver    HealthState = "HOST_TOOK_OVER"
	HealthReconnectNeeded HealthState = "RECONNECT_NEEDED"
	HealthNotAllowed      HealthState = "NOT_ALLOWED"
	HealthCoolingDown     HealthState = "COOLING_DOWN"
	HealthUnreachable     HealthState = "UNREACHABLE"
)

// HealthReason is the exact cause behind a HealthState, where the host has to do something in particular.
type HealthReason string

// Reasons for HealthNotAllowed.
const (
	ReasonNotListed    HealthReason = "NOT_LISTED"    // the account is not on the list of the server's Spotify app
	ReasonOwnerPremium HealthReason = "OWNER_PREMIUM" // the owner of the server's Spotify app has no Premium
	ReasonNoPremium    HealthReason = "NO_PREMIUM"    // the host has no Premium, so the server cannot control the player
)

// Reasons for HealthReconnectNeeded.
const (
	ReasonScope        HealthReason = "SCOPE"         // the host did not grant all permissions
	ReasonNotConnected HealthReason = "NOT_CONNECTED" // the host has disconnected Spotify
)

// ReasonQuota is the reason for HealthCoolingDown if the Spotify app has used up its quota, which takes long to refill.
const ReasonQuota HealthReason = "QUOTA"

// Reasons for HealthDeviceLost.
const (
	ReasonRestricted   HealthReason = "RESTRICTED"    // the device accepts no commands from other apps
	ReasonChooseDevice HealthReason = "CHOOSE_DEVICE" // there are several devices and none is active
	ReasonPressPlay    HealthReason = "PRESS_PLAY"    // the room's playlist waits for the host to start it
)

// Reasons for HealthOK: the music goes on, but not as the host chose.
const (
	ReasonNoPlaylist      HealthReason = "NO_PLAYLIST"      // the app may not write playlists; songs go to the queue
	ReasonPlaylistIgnored HealthReason = "PLAYLIST_IGNORED" // the player ignores the playlist; songs go to the queue
)

// PlaybackStep is one change of a room by its player's driver: what the driver observed, or what it is about to ask of
// Spotify. Fields with their zero value change nothing.
type PlaybackStep struct {
	EndedItem   string // the item that played and no longer plays
	Skipped     bool   // with EndedItem: it was cut short
	StartedItem string // the item that plays now

	CommitItem   string   // the queued item that is about to be handed to the player
	CommitVia    Delivery // with CommitItem: the delivery
	SentItem     string   // the committed item that Spotify has accepted
	UnknownItem  string   // the committed item for which Spotify's answer was lost, so it may or may not have it
	ReturnedItem string   // the committed item that Spotify certainly does not have: it returns to the queue
	RefusedItem  string   // the committed item that Spotify does not play, however often it is asked

	PlaylistURI string  // the playlist that the driver made for the room
	Fallback    []Song  // songs to add as fallback songs
	Answered    *Answer // the outcome of a host's command
	ChangeHost  bool    // the co-host who has accepted the room becomes its host: nothing of the room plays any longer

	Playback *Playback // what clients see from now on; RoomID, Version and all of Item but its ID are ignored

	Calls *CallCount // the room's calls to Spotify, for the next driver; watchers do not see them
}

// IsEmpty reports whether the step changes nothing.
func (s *PlaybackStep) IsEmpty() bool {
	return s.EndedItem == "" && s.StartedItem == "" && s.CommitItem == "" && s.SentItem == "" && s.UnknownItem == "" &&
		s.ReturnedItem == "" && s.RefusedItem == "" && s.PlaylistURI == "" && len(s.Fallback) == 0 && s.Answered == nil &&
		!s.ChangeHost && s.Playback == nil && s.Calls == nil
}
