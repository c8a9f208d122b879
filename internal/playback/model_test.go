package playback

import (
	"fmt"
	"strings"
	"time"

	"antwon.dj/backend/internal/party"
)

// model is a room, its player, and the driver between them: the model calls Decide in the driver's place. It stops at
// each call to Spotify, so that a test can choose what Spotify answers. It is a value: a copy is another course of the
// evening.
type model struct {
	now    time.Time
	player modelPlayer
	room   modelRoom
	memory Memory

	command   Command   // to be answered; None: the player is to be observed
	observeAt time.Time // with None
	lookedAt  time.Time
	hasty     int         // how many looks in a row followed at once
	told      Observation // the newest look, true or not
	sounded   string      // what really sounded at the newest look; empty: nothing
	agree     int         // how many looks in a row told the same
	lies      int         // how many answers in a row were false
	calls     int
	misled    bool       // there were so many false answers that the room may believe them
	untrusted bool       // all answers are false, so decisions cannot be judged by what really sounds
	path      *modelPath // the calls that led here
}

type modelPath struct {
	before *modelPath
	what   string
}

// String returns the unexpected answers and events, and the last calls.
func (p *modelPath) String() string {
	var lines []string
	for n := 0; p != nil; p, n = p.before, n+1 {
		if n < 15 || !strings.HasSuffix(p.what, ": truth") {
			lines = append([]string{p.what}, lines...)
		}
	}
	return strings.Join(lines, "\n\t")
}

// newModel returns a room with these songs and a player in some state, before the driver's first look.
func newModel(player modelPlayer, names string) *model {
	w := &model{now: noon, player: player}
	w.player.device = true
	w.room.state = room()
	for _, name := range names {
		w.room.add(string(name))
	}
	w.observeAt = w.now
	return w
}

// decide calls Decide until a call to Spotify follows.
func (w *model) decide(in Input) error {
	for range 20 {
		in.Now, in.Room, in.Memory = w.now, w.room.state, w.memory
		plan := Decide(in)
		if err := w.judge(plan); err != nil {
			return err
		}
		if err := w.room.record(plan.Step, w); err != nil {
			return err
		}
		w.memory, w.command, w.observeAt = plan.Memory, plan.Command, plan.ObserveAt
		if plan.Command.Kind != None || plan.Step.IsEmpty() {
			return nil
		}
		in = Input{}
	}
	return fmt.Errorf("decides forever, at last: %+v", w.command)
}

// judge checks one plan against what really sounds.
func (w *model) judge(plan Plan) error {
	if w.untrusted {
		return nil
	}
	c := plan.Command
	cuts := c.Kind == Next || c.Kind == Play || c.Kind == PlayPlaylist || c.Kind == Pause || c.Kind == Transfer
	if cuts && c.HostCommandID == "" && w.player.sounds() && w.sounded == w.player.loaded && w.agree < 2 {
		return fmt.Errorf("sends %s after %d looks that agree, and cuts off %s", c.Kind, w.agree, w.player.loaded)
	}
	if err := w.judgeEnd(plan.Step.EndedItem); err != nil {
		return err
	}
	if refused := plan.Step.RefusedItem; refused != "" && w.lies < 2 && !w.misled {
		return fmt.Errorf("refuses %s, which can be played", refused)
	}
	if plan.Command.Kind == None && plan.ObserveAt.After(w.now.Add(time.Hour)) {
		return fmt.Errorf("waits until %v", plan.ObserveAt)
	}
	return nil
}

// judgeEnd checks that a song that plays is not ended because of one false answer, unless a command skips it.
func (w *model) judgeEnd(ended string) error {
	sounds := w.player.sounds() && ended == "item-"+w.player.loaded && modelSong-w.player.progress > endTail
	if ended != "" && sounds && w.memory.skippedID != ended && w.lies < 2 {
		return fmt.Errorf("ends %s after %d false answers, and it plays", ended, w.lies)
	}
	return nil
}

// lookTime is how long Spotify takes to answer.
const lookTime = 50 * time.Millisecond

// pass lets time pass until a moment.
func (w *model) pass(until time.Time) {
	if by := until.Sub(w.now); by > 0 {
		w.player.advance(by)
		w.now = until
	}
}

// look tells the driver what its next look shows, true or not.
func (w *model) look(s Observation, lie bool) error {
	s.At = w.now
	if w.hasty = w.hasty + 1; w.now.Sub(w.lookedAt) > 2*lookTime {
		w.hasty = 0
	}
	if w.hasty > 2 {
		return fmt.Errorf("looks %d times without a pause", w.hasty+1)
	}
	same := s.Playing == w.told.Playing && uriOf(s.Song) == uriOf(w.told.Song)
	if !same {
		w.agree = 0
	}
	w.agree++
	if w.sounded = ""; w.player.sounds() {
		w.sounded = w.player.loaded
	}
	w.countLie(lie)
	w.told, w.lookedAt = s, w.now
	return w.decide(Input{Observation: &s})
}

func (w *model) countLie(lie bool) {
	w.lies++
	if !lie {
		w.lies = 0
	}
}

// step makes the due call, or lets an event happen, as a choice says.
func (w *model) step(c choice) error {
	w.calls++
	w.path = &modelPath{w.path, fmt.Sprintf("%v %s%s: %s", w.now.Sub(noon).Round(100*time.Millisecond), w.command.Kind,
		strings.TrimPrefix(w.command.ItemID, "item-"), c.name)}
	if w.command.Kind == None {
		if c.event != nil {
			w.pass(w.now.Add(w.observeAt.Sub(w.now) / 2))
			c.event(w)
			return w.lookHonestly()
		}
		w.pass(later(w.observeAt, w.now.Add(lookTime)))
		return c.look(w)
	}
	w.pass(w.now.Add(100 * time.Millisecond))
	answer := c.answer(w)
	return w.decide(Input{Answer: answer})
}

// lookHonestly decides on a change of the room, if there is one, and then looks.
func (w *model) lookHonestly() error {
	if err := w.decide(Input{}); err != nil || w.command.Kind != None {
		return err
	}
	w.pass(later(w.observeAt, w.now.Add(lookTime)))
	return w.look(w.player.look(w.now), false)
}

// mend ends all faults: there is a device, nobody pauses, and from now on Spotify answers truthfully.
func (w *model) mend() {
	w.player.device = true
	w.room.add("z")
	w.path = &modelPath{w.path, fmt.Sprintf("%v all is well, and z is added", w.now.Sub(noon).Round(100*time.Millisecond))}
}

// unpause lets the host resume what they have paused, or what the room shows as paused, and press play if the room asks
// for it.
func (w *model) unpause() {
	if item := w.room.state.Committed(); w.room.state.Playback.Reason == party.ReasonPressPlay && item != nil {
		w.player.start(item.ID[len("item-"):])
		w.player.inPlaylist = true
	}
	takenForPaused := w.room.state.Playback.Status == party.Paused || w.memory.paused
	if w.player.hostPaused || takenForPaused && !w.player.sounds() {
		w.player.hostPaused, w.player.active = false, true
		w.player.playing = w.player.loaded != "" && w.player.progress > 0
	}
}

// plays reports whether a song of the room plays, and the room knows it.
func (w *model) plays() bool {
	playing := w.room.state.NowPlaying
	return w.player.sounds() && playing != nil && playing.ID == "item-"+w.player.loaded
}

// recover runs the model without faults until a song of the room plays. It returns an error if that takes more than
// most calls, or longer than within.
func (w *model) recover(most int, within time.Duration) error {
	w.mend()
	honest, end := honestly(), w.now.Add(within)
	for range most {
		w.unpause()
		if w.plays() && w.memory.suspicion.kind == nothingNew {
			return nil
		}
		if w.now.After(end) {
			break
		}
		if err := w.step(honest); err != nil {
			return err
		}
	}
	shown := w.room.state.Playback
	w.path = &modelPath{w.path, fmt.Sprintf("%v: player %+v", w.now.Sub(noon), w.player)}
	return fmt.Errorf("no song of the room plays, now playing %s, health %s %s",
		name(w.room.state.NowPlaying), shown.Health, shown.Reason)
}

func name(i *party.QueueItem) string {
	if i == nil {
		return "nothing"
	}
	return i.ID
}
