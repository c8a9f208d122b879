package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// Input is what a decision rests on.
type Input struct {
	Now    time.Time
	Room   *party.State // open, and with every step of earlier plans in it
	Memory Memory       // of the last plan that was carried out; zero at first

	// What happened since, at most one of them: the player was looked at, or could not be, or a command was answered.
	// None: the room changed, or a step was recorded.
	Seen   *Snapshot
	Fault  *Fault
	Answer *Answer
}

// Plan is a decision, in the order in which it is carried out.
type Plan struct {
	Step    party.PlaybackStep // is recorded first; if that fails, the rest is void, Memory included
	Command Command            // is then sent to Spotify, and its answer decided upon
	LookAt  time.Time          // when to look at the player, if there is no command
	Idle    bool               // nothing has played for so long that nobody need look, unless somebody follows the room
	Memory  Memory             // for the next decision
}

// CommandKind is something that can be asked of Spotify.
type CommandKind string

const (
	None        CommandKind = ""
	Play        CommandKind = "play"    // ItemID's song, at once
	Enqueue     CommandKind = "enqueue" // ItemID's song, after the current one
	Next        CommandKind = "next"    // go on to the following song; ItemID is skipped, or waits to be the following one
	VerifyQueue CommandKind = "queue"   // read whether Spotify has ItemID's song

	CreatePlaylist CommandKind = "create_playlist"
	Append         CommandKind = "append"        // ItemID's song, to the end of the room's playlist
	VerifyPlaylist CommandKind = "playlist"      // read whether the playlist ends with ItemID's song
	PlayPlaylist   CommandKind = "play_playlist" // the room's playlist, from ItemID's song on
	Pause          CommandKind = "pause"         // a host's wish, as the two that follow
	Resume         CommandKind = "resume"        //
	Transfer       CommandKind = "transfer"      // to DeviceID, and go on there
	Devices        CommandKind = "devices"       // what is there to play on
	Straighten     CommandKind = "straighten"    // no repeat, no shuffle
	Suggest        CommandKind = "suggest"       // music for when nobody asks for any
)

// Command is one call of a Player.
type Command struct {
	Kind     CommandKind
	ItemID   string
	URI      string // of the item's song
	DeviceID string // with Play, PlayPlaylist and Resume, where empty is the active one; with Transfer
	Play     bool   // with Transfer: go on there
	WishID   string // of the host's command that this carries out
}

// Answer is what came of a command.
type Answer struct {
	Command     Command
	Fault       *Fault         // nil: it succeeded
	Songs       []party.Song   // what VerifyQueue and VerifyPlaylist read, and what Suggest found
	Devices     []party.Device // what Devices found
	PlaylistURI string         // what CreatePlaylist made
}

// Memory is what a room's driver remembers from one decision to the next. What must survive a crash is in the room's
// state instead. It is a value: nobody changes what it points to.
type Memory struct {
	seen    Snapshot  // the newest look
	looked  time.Time // when it was decided upon
	asked   time.Time // when the last command that changes the player was answered
	moved   time.Time // since when the player claims to play, but its progress stands still
	silent  time.Time // since when no song is heard; zero while one is
	rested  time.Time // since when nothing plays that anybody could hear; zero while something does
	paused  bool      // a song was paused when something was loaded last
	starved bool      // there was nothing to play at the last decision

	looking trouble // failures to look
	command trouble // failures of commands

	shown   *party.Playback // what was recorded last
	found   string          // the committed item that Spotify's queue had, and the song that played meanwhile
	over    reckoning       // of the room's song that plays
	sent    sending         // the newest
	skipped string          // the item for which Next was sent
	passed  []string        // items that failed, each as often as it did: tried again when nothing else is left

	wish         wish
	device       search // for a device where none is active
	revive       bool   // the music was moved to another device, and shall go on there
	fallback     refill
	straightened bool           // repeat and shuffle were turned off once
	noPremium    bool           // Spotify starts nothing for this host
	noPlaylist   bool           // Spotify writes no playlist for this host
	mistrusted   bool           // the player did not go on to the next song of the playlist
	wanted       party.Delivery // what the host wanted when this was learned
}

const (
	lead         = 15 * time.Second       // a song is committed so long before the end of the current one
	playlistLead = 45 * time.Second       // the same for a playlist: players take their time to notice
	patience     = 2 * time.Second        // after a command Spotify's answers may be older than it for so long
	fresh        = time.Second            // a command rests on a look no older than this
	jitter       = 250 * time.Millisecond // by which Spotify's progress may lag behind ours
	idleAfter    = 15 * time.Minute       // a room where nothing plays for so long is left alone
)

// Decide says what follows. It is pure: equal inputs give equal plans.
func Decide(in Input) Plan {
	m := newMoment(in)
	a := m.act()
	if shown := m.shown(a.step); changed(m.lastShown(), shown) {
		a.step.Playback, m.memory.shown = &shown, &shown
	}
	lookAt := m.nextLook(a.lookBy)
	m.memory.starved = m.pick() == nil
	return Plan{Step: a.step, Command: a.command, LookAt: lookAt, Idle: m.idle(), Memory: m.memory}
}

// Idle says of a room that nobody drives whether it may be left alone: nothing played there for long, and nothing waits that
// somebody asked for.
func Idle(room *party.State, now time.Time) bool {
	p, asked := room.Playback, slices.ContainsFunc(room.Queue, func(i *party.QueueItem) bool { return !i.IsUnlikedFallback() })
	return p.Status == party.Idle && now.Sub(p.ObservedAt) >= idleAfter && !asked && len(room.PendingCommands) == 0
}

func (m *moment) idle() bool {
	return !m.memory.rested.IsZero() && m.now.Sub(m.memory.rested) >= idleAfter && len(m.room.PendingCommands) == 0
}

// action is what one rule wants.
type action struct {
	step    party.PlaybackStep
	command Command
	lookBy  time.Time // look no later, so that the rule can go on; zero: whenever
}

// act asks the rules in order; the first that has something to say decides, the others get their turn at the next
// decision, which comes as soon as the step is recorded or the command answered.
func (m *moment) act() action {
	rules := []func() (action, bool){
		m.takeAnswer,
		m.refuseWish,
		m.wait,
		m.start,
		m.end,
		m.skip,
		m.verify,
		m.obey,
		m.makePlaylist,
		m.mistrust,
		m.unstick,
		m.verifyOvertaken,
		m.findDevice,
		m.revive,
		m.commit,
		m.playDirectly,
		m.straighten,
		m.refill,
	}
	for _, rule := range rules {
		if a, ok := rule(); ok {
			return a
		}
	}
	return action{}
}

// wait: nothing is known of the player, so nothing is done.
func (m *moment) wait() (action, bool) {
	return action{}, m.blind()
}

// start: a song of the queue plays. That is the committed one as a rule, and another one if the host picked it.
func (m *moment) start() (action, bool) {
	item, playing := m.item, m.room.NowPlaying
	heard := m.sound == playingSong || m.sound == pausedSong && item == m.room.Committed()
	if !heard || item == nil || item == playing {
		return action{}, false
	}
	m.memory.command = trouble{}
	return action{step: m.succession(item)}, true
}

// succession is the step by which an item replaces the one that played.
func (m *moment) succession(item *party.QueueItem) party.PlaybackStep {
	step := party.PlaybackStep{StartedItem: item.ID}
	if playing := m.room.NowPlaying; playing != nil {
		step.EndedItem, step.Skipped = playing.ID, m.early(playing)
	}
	return step
}

// takenAsHeard is the step by which the committed item replaces the one that played, although nobody saw it play.
func (m *moment) takenAsHeard(item *party.QueueItem) party.PlaybackStep {
	m.memory.over = reckoning{itemID: item.ID}
	return m.succession(item)
}

// end: the room's song plays no more.
func (m *moment) end() (action, bool) {
	playing := m.room.NowPlaying
	if playing == nil || !m.over(playing) {
		return action{}, false
	}
	return action{step: party.PlaybackStep{EndedItem: playing.ID, Skipped: m.early(playing)}}, true
}

func (m *moment) over(playing *party.QueueItem) bool {
	switch m.sound {
	case silence:
		return true
	case noDevice:
		next := m.room.Committed()
		return m.heardOut(playing) && (next == nil || m.couldHavePlayed(next))
	case playingSong, pausedSong:
		return m.item != playing
	}
	return false
}

// skip: the host removed this song after it was committed.
func (m *moment) skip() (action, bool) {
	playing := m.room.NowPlaying
	if playing == nil || !playing.SkipOnStart || m.sound != playingSong || m.memory.skipped == playing.ID {
		return action{}, false
	}
	a, ok := m.send(Command{Kind: Next, ItemID: playing.ID}, party.PlaybackStep{})
	if a.command.Kind == Next {
		m.memory.skipped = playing.ID
	}
	return a, ok
}

// straighten: a song that repeats itself, or a list that is shuffled, would never come to the next song.
func (m *moment) straighten() (action, bool) {
	s := m.memory.seen
	if m.memory.straightened || m.memory.noPremium || m.sound != playingSong || m.item == nil || !s.Repeat && !s.Shuffle {
		return action{}, false
	}
	a, ok := m.send(Command{Kind: Straighten}, party.PlaybackStep{})
	m.memory.straightened = a.command.Kind != None
	return a, ok
}

// send sends a command as soon as it may be sent; until then it says when to look.
func (m *moment) send(c Command, step party.PlaybackStep) (action, bool) {
	earliest := later(m.memory.command.until, m.memory.asked.Add(afterCommand))
	switch {
	case m.now.Before(earliest):
		return action{lookBy: earliest}, true
	case !m.memory.looked.After(m.memory.asked) || m.now.Sub(m.memory.looked) > fresh:
		return action{lookBy: m.now}, true
	}
	return action{step: step, command: c}, true
}

// sendAfter sends a command that records nothing, but not before a time.
func (m *moment) sendAfter(at time.Time, c Command) (action, bool) {
	if m.now.Before(at) {
		return action{lookBy: at}, true
	}
	return m.send(c, party.PlaybackStep{})
}
