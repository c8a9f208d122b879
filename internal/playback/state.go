package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// Input is what a decision is based on.
type Input struct {
	Now    time.Time
	Room   *party.State // open; contains every step of earlier plans
	Memory Memory       // of the last plan that was carried out; zero at first

	// What has happened since the last decision; at most one of them is set: the player was observed, or could not be
	// observed, or a command was answered. If none is set, the room changed or a step was recorded.
	Observation *Observation
	Fault       *Fault
	Answer      *Answer
}

// Plan is a decision. Its fields are carried out in this order.
type Plan struct {
	Step      party.PlaybackStep // recorded first; if that fails, the rest is void, including Memory
	Command   Command            // then sent to Spotify; its answer is the input of the next decision
	ObserveAt time.Time          // when to observe the player, if there is no command
	Idle      bool               // the driver may end, unless somebody watches the room
	Memory    Memory             // the input of the next decision
}

// CommandKind names a call of a Player.
type CommandKind string

const (
	None      CommandKind = ""
	Play      CommandKind = "play"    // play ItemID's song at once
	Enqueue   CommandKind = "enqueue" // play ItemID's song after the current one
	Next      CommandKind = "next"    // skip to the following song; ItemID is skipped, or is the following one
	ReadQueue CommandKind = "queue"   // read Spotify's queue, to find ItemID's song or, if it is empty, what plays

	CreatePlaylist CommandKind = "create_playlist"
	Append         CommandKind = "append"        // append ItemID's song to the room's playlist
	VerifyPlaylist CommandKind = "playlist"      // read whether the room's playlist ends with ItemID's song
	PlayPlaylist   CommandKind = "play_playlist" // play the room's playlist from ItemID's song on
	Pause          CommandKind = "pause"
	Resume         CommandKind = "resume"
	Transfer       CommandKind = "transfer"    // make DeviceID the active device
	SetVolume      CommandKind = "volume"      // set the volume of the active device
	Devices        CommandKind = "devices"     // read the host's devices
	ResetModes     CommandKind = "reset_modes" // turn off shuffle and repeat
	Suggest        CommandKind = "suggest"     // find fallback songs
)

// Command is one call of a Player.
type Command struct {
	Kind          CommandKind
	ItemID        string
	URI           string        // of the item's song
	DeviceID      string        // with Transfer; with Play, PlayPlaylist and Resume, where empty means the active device
	Position      time.Duration // with Play: where the song begins
	Play          bool          // with Transfer: continue playback there
	Volume        int           // with SetVolume: in percent
	HostCommandID string        // the host command that this call carries out; empty: none
}

// Answer is the outcome of a Command.
type Answer struct {
	Command     Command
	Fault       *Fault         // nil: it succeeded
	Queue       Queue          // what ReadQueue read
	Songs       []party.Song   // what VerifyPlaylist read, or Suggest found
	Devices     []party.Device // what Devices read
	PlaylistURI string         // what CreatePlaylist created
}

// Memory is what a driver remembers from one decision to the next. What must survive a crash is stored in the room's
// state instead. It is a value, and what it points to is never changed.
type Memory struct {
	observation   Observation // the newest that is believed
	observedAt    time.Time   // when it was decided on
	lookedAt      time.Time   // when the player was observed last, whether that is believed or not
	lookedBefore  time.Time   // when it was observed before that
	suspicion     suspicion   // what newer observations claim
	alike         alikeLooks  // how many of the newest observations showed the same
	still         stillLooks  // how many of them showed a player that stands still
	otherSeen     time.Time   // when something other than what observation shows was last seen to play
	otherEnds     time.Time   // when that should have ended
	hidden        bool        // only the queue tells what plays; the player's state says that there is no player
	commandedAt   time.Time   // when the last command that changes the player was answered
	changedAt     time.Time   // when the last command was answered that may have changed what plays
	lateUntil     time.Time   // until when the last such command may take effect, because its answer was lost
	progressedAt  time.Time   // when the player last showed anything but a playing song that stands still
	silentSince   time.Time   // since when no song plays or is paused; zero: one does
	inactiveSince time.Time   // since when the player makes no sound; zero: it does
	paused        bool        // the last song that was observed was paused
	hadNothing    bool        // there was nothing to play at the last decision

	observationBackoff backoff // after observations that failed
	commandBackoff     backoff // after commands that failed or had no effect

	shown       *party.Playback // what was recorded last
	verifiedKey string          // verificationKey of the committed song that Spotify's queue had
	earliestEnd endEstimate     // of the room's song that plays
	heard       heard           // how much of the room's song was heard
	wholeID     string          // the item that was heard to its end and then repeated by the player
	lastEnded   endedSong       // the room's song that ended last
	crossfade   time.Duration   // how long before its end the player lets the next song begin
	handover    handover        // of the item that was handed over last
	skippedID   string          // the item that was skipped by a command
	failures    []songFailure   // of songs that could not be delivered and still wait
	starts      int             // how many songs of the room have started
	verifyAfter time.Time       // before this time, Spotify's queue is not read to find the committed song
	emptyReads  emptyReads      // how often the queue said nothing about the committed song

	hostCommand         commandProgress
	deviceSearch        deviceSearch
	resumeAfterTransfer bool // playback was transferred to another device, and is to be resumed there
	resumes             int  // how often that was tried
	fallback            fallbackSearch
	modes               modesReset      // how often shuffle and repeat were turned off in vain
	foresight           foresight       // what the player would play by itself after the room's song
	calls               party.CallCount // of the last hour
	premium             permission      // whether the host's account may start something
	playlists           permission      // whether it may write playlists
	playlistsAgain      bool            // playlists are tried again, or can be written again
	playlistIgnored     bool            // the player did not go on to the next song of the playlist
	requestedDelivery   party.Delivery  // what the host had chosen when the four fields above were learned
}

const (
	queueLead         = 15 * time.Second       // how long before the end of the current song the next one is committed
	playlistLead      = 45 * time.Second       // the same for a playlist, whose additions players notice late
	staleWindow       = 2 * time.Second        // how long Spotify may report the state before a command
	maxObservationAge = time.Second            // a command relies on an observation that is no older
	jitter            = 250 * time.Millisecond // how far Spotify's progress may lag behind
	idleAfter         = 15 * time.Minute       // a room where nothing has played for so long is idle
)

// Decide returns what to do next. It is pure: equal inputs give equal plans.
func Decide(in Input) Plan {
	d := newDecision(in)
	a := d.act()
	if shown := d.shown(a.step); changed(d.lastShown(), shown) {
		a.step.Playback, d.memory.shown = &shown, &shown
	}
	observeAt := d.nextObservation(a.observeBy)
	d.memory.hadNothing = d.pick() == nil
	return Plan{Step: a.step, Command: a.command, ObserveAt: observeAt, Idle: d.idle(), Memory: d.memory}
}

// Idle reports whether a room that has no driver needs none: nothing has played there for idleAfter, and no host
// command, no next host and no song that somebody added or liked waits.
func Idle(room *party.State, now time.Time) bool {
	p := room.Playback
	wanted := slices.ContainsFunc(room.Queue, func(i *party.QueueItem) bool { return !i.IsUnlikedFallback() })
	silent := p.Status == party.Idle || p.Status == party.Paused && p.Device == nil
	return silent && now.Sub(p.ObservedAt) >= idleAfter && !wanted && len(room.PendingCommands) == 0 &&
		!room.Offer.Accepted
}

// idle reports whether nothing has made a sound for so long that the driver may end.
func (d *decision) idle() bool {
	since := d.memory.inactiveSince
	return !since.IsZero() && d.now.Sub(since) >= idleAfter && len(d.room.PendingCommands) == 0
}

// action is what one rule wants to be done.
type action struct {
	step      party.PlaybackStep
	command   Command
	observeBy time.Time // when the rule needs the next observation at the latest; zero: it does not need one
}

// act asks the rules in their order of precedence. The first one that returns true decides. The others are asked again
// at the next decision, which follows as soon as the step is recorded or the command answered.
func (d *decision) act() action {
	rules := []func() (action, bool){
		d.recordAnswer,
		d.refuseHostCommand,
		d.askQueue,
		d.changeHost,
		d.waitForObservation,
		d.startSong,
		d.endSong,
		d.skipRemoved,
		d.verifyCommitted,
		d.runHostCommand,
		d.createPlaylist,
		d.abandonPlaylist,
		d.recoverCommitted,
		d.verifyOvertaken,
		d.findDevice,
		d.resumeTransferred,
		d.commit,
		d.playDirectly,
		d.replaceUnchosen,
		d.probePremium,
		d.probePlaylists,
		d.resetModes,
		d.lookAhead,
		d.findFallback,
	}
	for _, rule := range rules {
		if a, ok := rule(); ok {
			return a
		}
	}
	return action{}
}

// waitForObservation does nothing as long as it is unknown what the player does.
func (d *decision) waitForObservation() (action, bool) {
	if d.inDoubt() {
		return action{observeBy: d.nextLook()}, true
	}
	return action{}, d.playerUnknown()
}

// send returns the action that sends a command, or, as long as the command may not be sent, asks for an observation:
// after a backoff, some time after the last command, or at once if the last observation is too old. A song that is
// started while the command before may still take effect could be heard twice, or be cut off. A host does not wait for
// that, except for the effect of their own command.
func (d *decision) send(c Command, step party.PlaybackStep) (action, bool) {
	earliest := later(d.memory.commandBackoff.until, d.memory.commandedAt.Add(commandDelay))
	if c.Kind.startsSong() && (c.HostCommandID == "" || d.memory.hostCommand.attempts > 0) {
		earliest = later(earliest, d.memory.lateUntil)
	}
	earliest = later(earliest, d.earliestStart(c))
	switch {
	case d.now.Before(earliest):
		return action{observeBy: earliest}, true
	case !d.memory.observedAt.After(d.memory.commandedAt) || d.now.Sub(d.memory.observedAt) > maxObservationAge:
		return action{observeBy: d.now}, true
	}
	return action{step: step, command: c}, true
}

// sendAfter is send for a command that records nothing and is not sent before at.
func (d *decision) sendAfter(at time.Time, c Command) (action, bool) {
	if d.now.Before(at) {
		return action{observeBy: at}, true
	}
	return d.send(c, party.PlaybackStep{})
}
