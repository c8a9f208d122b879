package scenarios_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/spotify/sim/trouble"
)

var (
	seeds     = flag.Int("seeds", evenings, "how many random evenings to play")
	firstSeed = flag.Int("from", firstEvening, "the seed of the first random evening; with -seeds=1 its log is kept")
	hours     = flag.Int("hours", 0, "how long each random evening lasts; 0: every fourth one four hours, the others two")
)

// evening is a party of some hours at which people and Spotify act at random. Stretches in which anything may go wrong
// alternate with calm ones, in which nothing goes wrong and the music has to play as if nothing ever had.
type evening struct {
	*fixture
	dice    *rand.Rand
	length  time.Duration
	guests  []context.Context
	second  *server // the other server; nil: there is only one
	started int     // how many servers were started

	added      []time.Time       // by number of the song - 1
	removed    map[int]time.Time // by number of the song
	lostAccess bool              // the host has to connect Spotify again
	deeds      []deed            // what happened, in order
	calms      []span            // the calm stretches
	kinds      map[string]int    // how often each kind of trouble began
	acts       map[string]int    // how often each act succeeded
}

// span is a stretch of time. inactive says that no device was active when it began, before the host opened the app.
type span struct {
	from, to time.Time
	inactive bool
}

// deed is something that people, Spotify or a power cut did.
type deed struct {
	at        time.Time
	who, what string
	uri       string // of the song that Spotify refuses or breaks; may be empty
	song      int    // the number of the song that somebody removed; 0: none
	failed    bool
}

// TestRandomEvenings plays random evenings, and judges each by what was heard.
func TestRandomEvenings(t *testing.T) {
	began, total := time.Now(), newTally()
	t.Run("seed", func(t *testing.T) {
		for i := range *seeds {
			seed := *firstSeed + i
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(t *testing.T) {
					e := newEvening(t, seed)
					e.play()
					e.finish()
					total.add(seed, e)
					if *seeds == 1 && len(total.found) > 0 {
						t.Logf("logged:\n%s", e.logged)
					}
				})
			})
		}
	})
	t.Logf("%d evenings in %v\n%s", *seeds, time.Since(began).Round(time.Second), total)
	for _, group := range total.groups() {
		t.Error(group)
	}
	if *seeds < 40 {
		return
	}
	for _, kind := range trouble.Kinds() {
		if total.kinds[kind] == 0 {
			t.Errorf("the trouble %q never happened", kind)
		}
	}
	for kind := range faultsByKind() {
		if total.kinds["fault "+kind] == 0 {
			t.Errorf("the fault %q never happened", kind)
		}
	}
	for _, a := range acts() {
		if total.acts[a.name] == 0 {
			t.Errorf("the act %q never happened", a.name)
		}
	}
}

// newEvening opens the room of an evening. Only every tenth evening has two servers, because these take long to play.
func newEvening(t testing.TB, seed int) *evening {
	w := newWorld(t)
	if *seeds > 1 {
		w.log = slog.New(slog.DiscardHandler)
	}
	w.oneServer, w.random = seed%10 != 9, seeded(uint64(seed))
	w.logged.Allow("the room's player could not be driven") // a server is suspended while it records a step
	e := &evening{
		fixture: w.open(w.start("0"), options{}), dice: rand.New(rand.NewPCG(uint64(seed), 2)),
		length: lengthOfEvening(seed), removed: map[int]time.Time{}, kinds: map[string]int{}, acts: map[string]int{},
	}
	if !w.oneServer {
		e.second, e.started = w.start("1"), 1
	}
	must(t, w.spotify.ChangeSwitches(e.account.ID, func(s *sim.Switches) {
		s.Success = []int{0, 200, 202, 204}[e.dice.IntN(4)]
		s.Stale = time.Duration(e.dice.IntN(600)) * time.Millisecond
	}))
	must(t, w.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.Rotate = e.dice.IntN(2) == 0 }))
	for _, name := range []string{"Gina", "Gerd", "Greta"} {
		e.guests = append(e.guests, e.join(name))
	}
	e.fill(5)
	return e
}

// lengthOfEvening returns how long an evening lasts. No evening with two servers gets four hours: their seeds are odd.
func lengthOfEvening(seed int) time.Duration {
	switch {
	case *hours > 0:
		return time.Duration(*hours) * time.Hour
	case seed%4 == 0:
		return 4 * time.Hour
	}
	return 2 * time.Hour
}

// note records what happened.
func (e *evening) note(who, what, uri string, err error) {
	e.deeds = append(e.deeds, deed{time.Now(), who, what, uri, 0, err != nil})
	e.log.Info("DEED", "who", who, "what", what, "error", err)
}

// fill adds songs until n songs wait.
func (e *evening) fill(n int) {
	for missing := n - e.waitingSongs(); missing > 0; missing-- {
		if err := e.addSong(); err != nil {
			e.note("guest", "cannot add a song: "+err.Error(), "", err)
			return
		}
	}
}

// play alternates troubled and calm stretches.
func (e *evening) play() {
	time.Sleep(time.Duration(e.dice.IntN(180)) * time.Second)
	for began := time.Now(); time.Since(began) < e.length; {
		e.disturb(time.Duration(30+e.dice.IntN(240)) * time.Second)
		e.mend()
		e.calm(time.Duration(150+e.dice.IntN(400)) * time.Second)
	}
}

// disturb makes something happen every few seconds.
func (e *evening) disturb(length time.Duration) {
	e.fill(3 * e.dice.IntN(2))
	all := e.weighted()
	for began := time.Now(); time.Since(began) < length; {
		if e.dice.IntN(3) == 0 {
			e.misfortune()
		} else {
			e.act(all[e.dice.IntN(len(all))])
		}
		time.Sleep(time.Duration(e.dice.IntN(25_000)) * time.Millisecond)
	}
}

func (e *evening) act(a act) {
	e.note("somebody", a.name, "", nil)
	at := len(e.deeds) - 1
	err := a.do(e) // it may be refused or impossible
	e.deeds[at].failed = err != nil
	if err == nil {
		e.acts[a.name]++
	}
}

// mend ends all troubles, and lets the host do what only the host can do: open the app, press play if the music was
// paused, and connect Spotify again. Then a calm stretch begins.
func (e *evening) mend() {
	must(e.t, trouble.End(e.spotify.Spotify, e.account.ID))
	e.note("Spotify", "works again", "", nil)
	if e.second != nil {
		time.Sleep(time.Second)
	}
	if until := e.coolsUntil(); time.Now().Before(until) {
		time.Sleep(time.Until(until))
	}
	for e.spotify.underWay() > 0 { // a request that hangs, or whose answer never ends
		time.Sleep(100 * time.Millisecond)
	}
	inactive := !e.hasActiveDevice()
	e.lostAccess = e.lostAccess || strings.HasSuffix(e.health.String(), string(party.HealthReconnectNeeded))
	if e.hostMustAct() {
		time.Sleep(6 * time.Second) // until host commands that wait for the player have ended
		e.repair()
	}
	e.fill(3)
	e.calms = append(e.calms, span{from: time.Now(), inactive: inactive})
}

// hostMustAct reports whether the music stands still for a reason that only the host can change.
func (e *evening) hostMustAct() bool {
	return e.lostAccess || !e.hasActiveDevice() || e.isPaused() || e.showsPause()
}

// isPaused reports whether the music goes on as soon as the host presses play in the app.
func (e *evening) isPaused() bool {
	return e.silentBecause() == "paused" || e.silentBecause() == "closed"
}

// showsPause reports whether nothing is heard and the room wrongly shows a pause: nobody has paused the music, but a
// song that ended on a device that then fell asleep looks as if it had been paused there.
func (e *evening) showsPause() bool {
	shown, err := e.server.RoomPlayback(e.host, e.room)
	return err == nil && shown.Status == party.Paused && e.silentBecause() != "" && !e.isPaused()
}

func (e *evening) hasActiveDevice() bool {
	return slices.ContainsFunc(e.app.host.Devices(), func(d sim.Device) bool { return d.Active && !d.Gone })
}

// silentBecause returns why nothing is heard now. It is empty if something is heard.
func (e *evening) silentBecause() string {
	quiet := e.spotify.Silences(e.account.ID)
	if len(quiet) == 0 || quiet[len(quiet)-1].To.Before(time.Now()) {
		return ""
	}
	return quiet[len(quiet)-1].Why
}

func (e *evening) repair() {
	for e.lostAccess && e.tryConnecting() != nil {
		time.Sleep(5 * time.Second)
	}
	e.lostAccess = false
	e.app.open()
	why := e.silentBecause()
	if e.isPaused() {
		e.app.resume()
	}
	if e.showsPause() {
		e.act(act{name: "commands to resume", do: func(e *evening) error {
			_, err := e.server.ResumePlayback(e.host, e.room.ID)
			return err
		}})
	}
	e.note("host", "opens the app, and presses play if it was paused: "+why, "", nil)
}

// coolsUntil returns the time until which the client sends no requests, because Spotify has asked for a pause. After a
// used-up quota, the client waits longer than Spotify asks, so it is the time that the room shows.
func (e *evening) coolsUntil() (until time.Time) {
	for _, r := range e.spotify.log() {
		if end := r.at.Add(r.wait); r.status == tooMany && end.After(until) {
			until = end
		}
	}
	health := e.health.String()
	if strings.HasSuffix(health, string(party.HealthCoolingDown)+"/"+string(party.ReasonQuota)) {
		if room, err := e.server.RoomPlayback(e.host, e.room); err == nil && room.Until != nil {
			until = *room.Until
		}
	}
	return until
}

// calm lets guests add and like songs while nothing goes wrong.
func (e *evening) calm(length time.Duration) {
	for began := time.Now(); time.Since(began) < length; {
		switch e.dice.IntN(4) {
		case 0:
			e.act(act{name: "adds a song", do: (*evening).addSong})
		case 1:
			e.act(act{name: "likes a song", do: (*evening).likeSong})
		}
		time.Sleep(time.Duration(e.dice.IntN(40_000)) * time.Millisecond)
	}
	e.calms[len(e.calms)-1].to = time.Now()
}

// finish lets the queue play to its end.
func (e *evening) finish() {
	e.calms = append(e.calms, span{from: time.Now()})
	for began := time.Now(); e.waitingSongs() > 0 && time.Since(began) < 2*time.Hour; {
		time.Sleep(10 * time.Second)
	}
	time.Sleep(6 * time.Minute) // the last song
	e.calms[len(e.calms)-1].to = time.Now()
	e.note("host", "goes home", "", nil)
}
