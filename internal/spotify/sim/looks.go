package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Look describes how responses about a player differ from what it does. A look changes nothing that is audible.
type Look struct {
	Kind string `json:"kind"` // one of LookKinds
	// Queue selects GET /v1/me/player/queue instead of GET /v1/me/player and .../currently-playing.
	Queue bool `json:"queue,omitempty"`
	// Account is the ID of the only account that it applies to. Empty means all.
	Account string `json:"account,omitempty"`
	// Field is the name of the field that is null or missing.
	Field string `json:"field,omitempty"`
	// Age is how old a stale response or an old timestamp is.
	Age time.Duration `json:"age_ns,omitempty"`
	// Times, For and Probability are those of Fault.
	Times       int           `json:"times,omitempty"`
	For         time.Duration `json:"for_ns,omitempty"`
	Probability float64       `json:"probability,omitempty"`
}

// The kinds of looks. Those of the second group exist only for the player, those of the third only for its queue.
const (
	LookStale    = "stale"    // the response as it was Age ago
	LookRepeated = "repeated" // the last response exactly, as from a cache
	LookNull     = "null"     // the field Field is null
	LookMissing  = "missing"  // the field Field is missing
	LookNothing  = "nothing"  // 204, or an empty queue, whatever plays

	LookPreviousTrack = "previous-track" // the state just before the current track started
	LookGhost         = "ghost"          // is_playing without an item, while nothing is audible
	LookZeroProgress  = "zero-progress"  // progress_ms is 0
	LookStuckProgress = "stuck-progress" // progress_ms is that of the last response about the same track
	LookNotPlaying    = "not-playing"    // is_playing is false
	LookOldTimestamp  = "old-timestamp"  // timestamp is older by Age
	LookUnknownType   = "unknown-type"   // the item and its type are of a kind that the reference does not know

	LookRepeatedItems = "repeated-items" // a short queue is filled by repeating its tracks
	LookListsCurrent  = "lists-current"  // the current track is listed as if it waited
)

// LookKinds returns all kinds of looks.
func LookKinds() []string { return slices.Concat(sharedLooks(), playerLooks(), queueLooks()) }

func sharedLooks() []string {
	return []string{LookStale, LookRepeated, LookNull, LookMissing, LookNothing}
}

func playerLooks() []string {
	return []string{
		LookPreviousTrack, LookGhost, LookZeroProgress, LookStuckProgress, LookNotPlaying, LookOldTimestamp,
		LookUnknownType,
	}
}

func queueLooks() []string { return []string{LookRepeatedItems, LookListsCurrent} }

// injectedLook is a look with the requests that are left of it.
type injectedLook struct {
	Look
	schedule
}

// InjectLook makes the next matching responses differ from what the player does. If several looks match a request, the
// oldest applies. It returns an error if the look is invalid.
func (s *Spotify) InjectLook(l Look) error {
	if err := l.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = append(s.looks, injectedLook{l, newSchedule(l.Times, l.For, l.Probability, s.now())})
	return nil
}

// ClearLooks removes all looks.
func (s *Spotify) ClearLooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = nil
}

// Validate returns an error if the look is not possible.
func (l Look) Validate() error {
	exists := slices.Contains(sharedLooks(), l.Kind) || l.Queue && slices.Contains(queueLooks(), l.Kind) ||
		!l.Queue && slices.Contains(playerLooks(), l.Kind)
	switch {
	case !exists:
		return fmt.Errorf("there is no look %q, with queue %t; the kinds are %q", l.Kind, l.Queue, LookKinds())
	case (l.Kind == LookNull || l.Kind == LookMissing) && l.Field == "":
		return fmt.Errorf("a look of the kind %s needs a field", l.Kind)
	case (l.Kind == LookStale || l.Kind == LookOldTimestamp) && l.Age <= 0:
		return fmt.Errorf("a look of the kind %s needs an age", l.Kind)
	case l.Probability < 0 || l.Probability > 1:
		return fmt.Errorf("probability is %v, must be from 0 to 1", l.Probability)
	}
	return nil
}

// nextLook returns the look for a call, if there is one, and counts it.
func (s *Spotify) nextLook(c *call, queue bool) Look {
	now := s.now()
	s.looks = slices.DeleteFunc(s.looks, func(l injectedLook) bool { return l.isOver(now) })
	for i := range s.looks {
		l := &s.looks[i]
		if l.Queue == queue && (l.Account == "" || l.Account == c.account.ID) && l.take(now, s.random) {
			s.injected[l.kind()]++
			return l.Look
		}
	}
	return Look{}
}

// kind returns the name under which Injected counts the look.
func (l Look) kind() string {
	name := "look " + l.Kind
	if l.Field != "" {
		name += " " + l.Field
	}
	if l.Queue {
		name += " of the queue"
	}
	return name
}

// shownBefore is the last response about a player or its queue.
type shownBefore struct {
	response any
	track    string
	progress *int64
}

// respond returns the response to a call about a player or its queue, as the next look shows it. The function show
// returns the response without a look.
func (s *Spotify) respond(c *call, queue bool, show func(*call) any) any {
	look, key := s.nextLook(c, queue), c.account.ID
	if queue {
		key += " queue"
	}
	before, known := s.shown[key]
	if look.Kind == LookRepeated && known {
		return before.response
	}
	seen := s.lookBack(c, look)
	next := shownBefore{response: show(seen), track: seen.account.Player.Track}
	switch shown := next.response.(type) {
	case playbackObject:
		shown = look.distort(shown, seen, before)
		next.response, next.progress = shown, shown.ProgressMS
	case queueObject:
		next.response = look.distortQueue(shown)
	}
	next.response = look.reduce(next.response, seen)
	s.shown[key] = next
	return next.response
}

// lookBack returns the call at the time that a look shows.
func (s *Spotify) lookBack(c *call, l Look) *call {
	then := c.now
	switch l.Kind {
	case LookStale:
		then = c.now.Add(-l.Age)
	case LookPreviousTrack:
		for _, e := range slices.Concat(s.eventLog[c.account.ID], c.account.Player.events) {
			if e.kind == started && !e.at.After(c.now) {
				then = e.at.Add(-time.Millisecond)
			}
		}
	default:
		return c
	}
	past := *c
	past.account, past.now, past.view.now = s.accountAt(c.account, then), then, then
	return &past
}

// distort changes a state of the player.
func (l Look) distort(shown playbackObject, c *call, before shownBefore) playbackObject {
	switch l.Kind {
	case LookZeroProgress:
		shown.ProgressMS = new(int64)
	case LookStuckProgress:
		if before.track == c.account.Player.Track {
			shown.ProgressMS = cmp.Or(before.progress, shown.ProgressMS)
		}
	case LookNotPlaying:
		shown.IsPlaying = false
	case LookOldTimestamp:
		shown.Timestamp -= l.Age.Milliseconds()
	case LookUnknownType:
		shown.Item, shown.CurrentlyPlayingType = c.view.unknownItem(), "unknown"
	}
	return shown
}

func (l Look) distortQueue(shown queueObject) queueObject {
	waiting := shown.Queue
	if shown.CurrentlyPlaying != nil && (l.Kind == LookListsCurrent || l.Kind == LookRepeatedItems && len(waiting) == 0) {
		waiting = append([]trackObject{*shown.CurrentlyPlaying}, waiting...)
	}
	if l.Kind == LookRepeatedItems && len(waiting) > 0 {
		for distinct := len(waiting); len(waiting) < maxShownQueue; {
			waiting = append(waiting, waiting[len(waiting)-distinct])
		}
	}
	shown.Queue = waiting
	return shown
}

// reduce removes parts of a response, or all of it, or claims that something plays although nothing does.
func (l Look) reduce(response any, c *call) any {
	switch {
	case l.Kind == LookNothing && l.Queue:
		return queueObject{Queue: []trackObject{}}
	case l.Kind == LookNothing:
		return nil
	case l.Kind == LookGhost && (!c.account.Player.isAudible() || activeIndex(c.account.Devices) < 0):
		return ghost(response, c)
	case (l.Kind == LookNull || l.Kind == LookMissing) && response != nil:
		return withoutField(response, l.Field, l.Kind == LookNull)
	}
	return response
}

// ghost returns the state of a player that plays nothing.
func ghost(response any, c *call) any {
	shown, ok := response.(playbackObject)
	if !ok {
		shown = playbackObject{RepeatState: "off", Timestamp: c.now.UnixMilli(), ProgressMS: new(int64)}
		if len(c.account.Devices) > 0 {
			device := c.view.device(c.account.Devices[0])
			shown.Device = &device
		}
	}
	shown.IsPlaying, shown.Item, shown.CurrentlyPlayingType = true, nil, "unknown"
	return shown
}

// withoutField returns a response with one field missing or null.
func withoutField(response any, field string, null bool) any {
	fields := map[string]json.RawMessage{}
	if encoded, err := json.Marshal(response); err != nil || json.Unmarshal(encoded, &fields) != nil {
		return response // it is no object
	}
	delete(fields, field)
	if null {
		fields[field] = json.RawMessage("null")
	}
	return fields
}
