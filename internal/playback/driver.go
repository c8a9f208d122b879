package playback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

const (
	// commandTimeout and recordTimeout limit one command and one recording. A server that stops waits for both.
	commandTimeout = 10 * time.Second
	recordTimeout  = 5 * time.Second
	// versionTimeout limits the wait for a recorded step to appear in the room's state. It appears at once unless a hint
	// is lost.
	versionTimeout = 10 * time.Second
	// conflictDelay is the wait until the next observation after a step that did not fit the room's present state, unless
	// a newer state arrives first.
	conflictDelay = time.Second
)

// driver drives one room's player: it carries out the plans of Decide. It is used by one goroutine.
type driver struct {
	lease       party.Lease
	isAlive     func() bool // whether the node still holds its leases, as far as its own clock tells
	unrequested bool        // the room was only found in the list of open rooms; no hint asked for a driver
	rooms       Rooms
	player      Player
	log         *slog.Logger
	metrics     *metrics
	tracer      trace.Tracer // nil: no spans are recorded

	watcher *live.Watcher[*party.State]
	room    *party.State // the newest known state
	memory  Memory

	unrecorded int // calls to Spotify since the room's count of them was recorded
}

// update is what has happened since the last decision: the last three fields of Input.
type update struct {
	observation *Observation
	fault       *Fault
	answer      *Answer
}

// errIdle ends a driver because nothing plays in its room and nobody watches it.
var errIdle = errors.New("the room is idle")

// run drives the room. It returns nil when the room closes or ctx ends, and errIdle when the room becomes idle.
func (d *driver) run(ctx context.Context) (err error) {
	if d.watcher, err = d.rooms.Watch(ctx, d.lease.RoomID); err != nil {
		return ignoreCanceled(err)
	}
	defer d.watcher.Close()
	room, err := d.watcher.Next(ctx)
	if err != nil {
		return ignoreCanceled(err)
	}
	d.room = room
	if d.unrequested && Idle(d.room, time.Now()) && !d.hasWatchers() {
		return errIdle
	}
	var health party.HealthState
	defer func() { d.metrics.moveHealth(health, "") }()
	var last update
	for d.room.Status == party.Open && (ctx.Err() == nil || last.answer != nil) {
		d.metrics.moveHealth(health, d.room.Playback.Health)
		health = d.room.Playback.Health
		if last, err = d.advance(ctx, last); err != nil {
			return err
		}
	}
	if d.room.Status == party.Closed {
		d.removePlaylist(ctx, d.room)
	}
	return nil
}

// changeHost sends the last command, if there is one, to the old host's player, and goes on with the new host's. If the
// change was refused, the driver keeps its player and its memory. recorded is the version that contains the change.
func (d *driver) changeHost(ctx context.Context, last Command, recorded int64) error {
	before := d.room
	if err := d.awaitVersion(ctx, recorded); err != nil {
		return err
	}
	if d.room.Version >= recorded && d.room.HostID == before.HostID {
		return nil
	}
	d.memory = Memory{calls: d.memory.calls}
	if d.room.HostID == before.HostID { // unknown: the state has not arrived
		return nil
	}
	if err := d.sendLast(ctx, before.HostID, last); err != nil {
		return err
	}
	d.removePlaylist(ctx, before)
	return nil
}

// hasWatchers reports whether anybody besides the driver watches the room on this server.
func (d *driver) hasWatchers() bool { return d.rooms.CountWatchers(d.lease.RoomID) > 1 }

// advance makes one decision after an update, carries it out, and returns the update that follows it.
func (d *driver) advance(ctx context.Context, last update) (update, error) {
	plan := Decide(Input{
		Now: time.Now(), Room: d.room, Memory: d.memory,
		Observation: last.observation, Fault: last.fault, Answer: last.answer,
	})
	recorded, err := d.recordPlan(ctx, plan)
	if party.CodeOf(err) == party.Conflict {
		return d.wait(ctx, time.Now().Add(conflictDelay))
	}
	if err != nil {
		return update{}, err
	}
	d.logHealth(plan.Step.Playback, last)
	if refused := plan.Step.RefusedItem; refused != "" {
		d.log.Info("a song leaves the queue, because Spotify does not play it", "item_id", refused)
	}
	d.memory = plan.Memory
	if plan.Step.ChangeHost {
		return update{}, d.changeHost(ctx, plan.Command, recorded)
	}
	if plan.Command.Kind != None {
		answer, err := d.send(ctx, d.room.HostID, plan.Command)
		if err != nil {
			return update{}, err
		}
		return update{answer: answer}, d.awaitVersion(ctx, recorded)
	}
	if recorded != 0 {
		return update{}, d.awaitVersion(ctx, recorded)
	}
	if plan.Idle && !d.hasWatchers() {
		return update{}, errIdle
	}
	return d.wait(ctx, plan.ObserveAt)
}

// recordPlan stores a plan's step, with the count of the room's calls, and returns the version that contains it. If
// only the count could not be stored, it returns no error: the next decision stores the count. A lost lease and a
// conflict are returned in any case.
func (d *driver) recordPlan(ctx context.Context, plan Plan) (version int64, err error) {
	version, err = d.record(ctx, d.withCalls(plan))
	if err == nil || !plan.Step.IsEmpty() || errors.Is(err, party.ErrLeaseLost) || party.CodeOf(err) == party.Conflict {
		return version, err
	}
	d.log.Debug("could not record the count of the room's calls", "error", err)
	return 0, nil
}

// withCalls returns a plan's step. It contains the count of the room's calls if there is something else to record, too,
// or if maxUnrecorded calls are not recorded yet.
func (d *driver) withCalls(plan Plan) party.PlaybackStep {
	step := plan.Step
	if d.unrecorded > 0 && !step.IsEmpty() || d.unrecorded >= maxUnrecorded {
		step.Calls = &plan.Memory.calls
	}
	return step
}

// record stores a step and returns the first version of the room whose state contains it, or 0 if the step is empty.
func (d *driver) record(ctx context.Context, step party.PlaybackStep) (version int64, err error) {
	if step.IsEmpty() {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	version, err = d.rooms.ApplyPlayback(ctx, d.lease, step)
	if err != nil {
		return 0, fmt.Errorf("record step: %w", err)
	}
	if step.Calls != nil {
		d.unrecorded = 0
	}
	return version, nil
}

// awaitVersion waits until the room's state has reached a version. Without it, the next decision could repeat the step
// that was just recorded. It waits even if ctx ends, because the answer to a command still has to be recorded.
func (d *driver) awaitVersion(ctx context.Context, version int64) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), versionTimeout)
	defer cancel()
	for d.room = d.watcher.Latest(); d.room.Status == party.Open && d.room.Version < version; {
		room, err := d.watcher.Next(limited)
		if err != nil {
			return ignoreCanceled(err)
		}
		d.room = room
	}
	return nil
}

// wait waits until the room changes, or until observeAt, and observes the player in the latter case.
func (d *driver) wait(ctx context.Context, observeAt time.Time) (update, error) {
	if time.Now().Before(observeAt) {
		limited, cancel := context.WithDeadline(ctx, observeAt)
		defer cancel()
		room, err := d.watcher.Next(limited)
		if err == nil {
			d.room = room
			return update{}, nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return update{}, ignoreCanceled(err)
		}
	}
	return d.observe(ctx), nil
}

// ignoreCanceled returns nil for the error of a context that has ended, because the caller's loop checks its context
// itself, and wraps any other error.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return fmt.Errorf("watch: %w", err)
}

// observe asks Spotify what the player does, and then takes the newest state of the room that the watcher has.
func (d *driver) observe(ctx context.Context) update {
	ctx, span := d.span(ctx, "look")
	observation, err := d.player.State(ctx, d.room.HostID)
	fault := asFault(err)
	endSpan(span, fault)
	d.metrics.countCall("look", fault)
	d.unrecorded++
	d.room = d.watcher.Latest()
	if fault != nil {
		return update{fault: fault}
	}
	return update{observation: &observation}
}

// logHealth logs a change of the room's health, with the fault that caused it, if any.
func (d *driver) logHealth(shown *party.Playback, cause update) {
	before := d.room.Playback.Health
	if d.memory.shown != nil {
		before = d.memory.shown.Health
	}
	if shown == nil || shown.Health == before {
		return
	}
	fault := cause.fault
	if cause.answer != nil {
		fault = cause.answer.Fault
	}
	if fault == nil {
		d.log.Info("the player's health changed", "health", shown.Health, "before", before)
		return
	}
	d.log.Warn("the player's health changed", "health", shown.Health, "before", before, "fault", fault)
}
