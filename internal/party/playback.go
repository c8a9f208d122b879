package party

import "time"

// PlaybackStatus says what the host's player does.
type PlaybackStatus string

const (
	Playing PlaybackStatus = "PLAYING"
	Paused  PlaybackStatus = "PAUSED"
	Idle    PlaybackStatus = "IDLE"
)

// Playback is what the host's player was last seen doing. It has a version of its own, which grows when its meaning
// changes: progress that runs on as expected is no change.
type Playback struct {
	RoomID     string
	Version    int64
	Status     PlaybackStatus
	Item       *QueueItem // nil when what plays is not from this room
	Song       *Song
	ProgressMS *int
	ObservedAt time.Time // when ProgressMS was true
	Device     *Device
	Delivery   Delivery // how songs reach it: what the host wants, or what the player makes necessary
	Health     HealthState
	Reason     HealthReason // why exactly; empty where Health says it all
	Until      *time.Time   // with HealthCoolingDown: when Spotify is asked again

	SkipVotes       int        // of those present, for this play
	SkipVotesNeeded int        // 0: nobody can vote
	VotesFrom       *time.Time // nil while no song of this room plays
	VotesVersion    int64      // grows when the votes change, or how many it takes
}

// Shown is the version of all that is shown of it.
func (p *Playback) ShownVersion() int64 { return p.Version + p.VotesVersion }

// Device is a player of the host's Spotify account.
type Device struct {
	ID            string
	Name          string
	Type          string
	IsActive      bool
	IsRestricted  bool
	VolumePercent *int
}

// HealthState says whether a room's music can go on, and if not, why.
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

// HealthReason says more than HealthState where the host has to do something in particular.
type HealthReason string

const (
	ReasonNotListed       HealthReason = "NOT_LISTED"       // NotAllowed: the account is not on the list of the server's app
	ReasonOwnerPremium    HealthReason = "OWNER_PREMIUM"    // NotAllowed: the owner of the server's app has no Premium
	ReasonNoPremium       HealthReason = "NO_PREMIUM"       // NotAllowed: the host has no Premium, so nothing can be started for them
	ReasonScope           HealthReason = "SCOPE"            // ReconnectNeeded: the host did not grant what is needed
	ReasonNotConnected    HealthReason = "NOT_CONNECTED"    // ReconnectNeeded: the host has disconnected Spotify
	ReasonQuota           HealthReason = "QUOTA"            // CoolingDown: the app's quota is used up, which takes long
	ReasonRestricted      HealthReason = "RESTRICTED"       // DeviceLost: the device takes no commands from outside
	ReasonChooseDevice    HealthReason = "CHOOSE_DEVICE"    // DeviceLost: there are several, and none is active
	ReasonPressPlay       HealthReason = "PRESS_PLAY"       // DeviceLost: the room's playlist waits for the host to start it
	ReasonNoPlaylist      HealthReason = "NO_PLAYLIST"      // OK: Spotify lets the app write no playlist, so songs go to the player's queue
	ReasonPlaylistIgnored HealthReason = "PLAYLIST_IGNORED" // OK: the player does not follow the playlist, so songs go to its queue
)

// PlaybackStep is one change of a room made by its player's driver: what was seen, or what is about to be asked of
// Spotify. Zero fields change nothing.
type PlaybackStep struct {
	EndedItem   string // the item that played and plays no more
	Skipped     bool   // with EndedItem: it did not reach its end
	StartedItem string // the item that plays now

	CommitItem   string   // the queued item that is about to be handed to the player
	CommitVia    Delivery // with CommitItem: how
	SentItem     string   // the committed item that Spotify has accepted
	UnknownItem  string   // the committed item of which nobody knows whether Spotify has it
	ReturnedItem string   // the committed item that Spotify definitely does not have: back to the queue, with its likes
	RefusedItem  string   // the committed item that Spotify does not play, however often it is asked

	PlaylistURI string  // the playlist that was made for the room
	Fallback    []Song  // songs that nobody added, for when there are no others
	Answered    *Answer // what came of a host's command

	Playback *Playback // what is shown from now on; RoomID, Version and Item.* other than Item.ID are ignored
}

// Nothing says that the step changes nothing.
func (s *PlaybackStep) IsEmpty() bool {
	return s.EndedItem == "" && s.StartedItem == "" && s.CommitItem == "" && s.SentItem == "" && s.UnknownItem == "" &&
		s.ReturnedItem == "" && s.RefusedItem == "" && s.PlaylistURI == "" && len(s.Fallback) == 0 && s.Answered == nil && s.Playback == nil
}
