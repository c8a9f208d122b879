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
	// commandTime is how long a command may take, and its record. It is time that a stopping server waits.
	commandTime = 10 * time.Second
	recordTime  = 5 * time.Second
	// visibleWithin is how long a recorded step may take to appear in the room's state. It appears at once, unless a hint
	// is lost.
	visibleWithin = 10 * time.Second
	// afterConflict is when to look again if a step did not fit the room's present state and no newer one comes.
	afterConflict = time.Second
)

// driver drives one room's player: it does what Decide says.
type driver struct {
	lease   party.Lease
	alive   func() bool // whether the lease is this node's still, as far as the clock tells
	cold    bool        // nobody has asked for this room to be driven: it was just there
	rooms   Rooms
	player  Player
	log     *slog.Logger
	metrics *metrics
	tracer  trace.Tracer // nil: nothing is a span

	watcher *live.Watcher[*party.State]
	room    *party.State // the newest known
	memory  Memory
}

// news is what happened since the last decision: the last three fields of Input.
type news struct {
	seen   *Snapshot
	fault  *Fault
	answer *Answer
}

// errIdle says that nothing plays in the room, nobody follows it, and it need not be driven for now.
var errIdle = errors.New("nothing happens in the room")

// run drives the room until it closes or ctx ends, which is no error, or with errIdle.
func (d *driver) run(ctx context.Context) (err error) {
	if d.watcher, err = d.rooms.Watch(ctx, d.lease.RoomID); err != nil {
		return ignoreEnd(err)
	}
	defer d.watcher.Close()
	room, err := d.watcher.Next(ctx)
	if err != nil {
		return ignoreEnd(err)
	}
	d.room = room
	if d.cold && Idle(d.room, time.Now()) && !d.followed() {
		return errIdle
	}
	var health party.HealthState
	defer func() { d.metrics.changed(health, "") }()
	var n news
	for d.room.Status == party.Open && (ctx.Err() == nil || n.answer != nil) {
		d.metrics.changed(health, d.room.Playback.Health)
		health = d.room.Playback.Health
		if n, err = d.turn(ctx, n); err != nil {
			return err
		}
	}
	if d.room.Status == party.Closed && d.room.PlaylistURI != "" {
		d.forgetPlaylist(ctx)
	}
	return nil
}

// followed says that somebody besides the driver watches the room here.
func (d *driver) followed() bool { return d.rooms.CountWatchers(d.lease.RoomID) > 1 }

// turn decides once, does what was decided, and returns what happens next.
func (d *driver) turn(ctx context.Context, n news) (news, error) {
	plan := Decide(Input{Now: time.Now(), Room: d.room, Memory: d.memory, Seen: n.seen, Fault: n.fault, Answer: n.answer})
	recorded, err := d.record(ctx, plan.Step)
	if party.CodeOf(err) == party.Conflict {
		return d.next(ctx, time.Now().Add(afterConflict))
	}
	if err != nil {
		return news{}, err
	}
	d.report(plan.Step.Playback, n)
	d.memory = plan.Memory
	if plan.Command.Kind != None {
		answer, err := d.send(ctx, plan.Command)
		if err != nil {
			return news{}, err
		}
		return news{answer: answer}, d.see(ctx, recorded)
	}
	if recorded != 0 {
		return news{}, d.see(ctx, recorded)
	}
	if plan.Idle && !d.followed() {
		return news{}, errIdle
	}
	return d.next(ctx, plan.LookAt)
}

// record stores a step and returns the room's version from which on states have it; 0 if there was nothing to store.
func (d *driver) record(ctx context.Context, step party.PlaybackStep) (version int64, err error) {
	if step.IsEmpty() {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	version, err = d.rooms.ApplyPlayback(ctx, d.lease, step)
	if err != nil {
		return 0, fmt.Errorf("record step: %w", err)
	}
	return version, nil
}

// see waits until the room's state has what was recorded: a decision on an older state would decide it again. It waits even
// if ctx ends, for the answer to a command has to be recorded still.
func (d *driver) see(ctx context.Context, version int64) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), visibleWithin)
	defer cancel()
	for d.room = d.watcher.Latest(); d.room.Status == party.Open && d.room.Version < version; {
		room, err := d.watcher.Next(limited)
		if err != nil {
			return ignoreEnd(err)
		}
		d.room = room
	}
	return nil
}

// next waits until the room changes, or until it is time to look at the player, which it then does.
func (d *driver) next(ctx context.Context, lookAt time.Time) (news, error) {
	if time.Now().Before(lookAt) {
		waiting, cancel := context.WithDeadline(ctx, lookAt)
		defer cancel()
		room, err := d.watcher.Next(waiting)
		if err == nil {
			d.room = room
			return news{}, nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return news{}, ignoreEnd(err)
		}
	}
	return d.look(ctx), nil
}

// ignoreEnd makes no error of a context that ended: the caller's loop sees that by itself.
func ignoreEnd(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return fmt.Errorf("watch: %w", err)
}

func (d *driver) look(ctx context.Context) news {
	ctx, span := d.span(ctx, "look")
	snapshot, err := d.player.State(ctx, d.room.HostID)
	fault := asFault(err)
	finish(span, fault)
	d.metrics.count("look", fault)
	d.room = d.watcher.Latest()
	if fault != nil {
		return news{fault: fault}
	}
	return news{seen: &snapshot}
}

// report logs that the room's health changed, with the failure that made it so.
func (d *driver) report(shown *party.Playback, n news) {
	before := d.room.Playback.Health
	if d.memory.shown != nil {
		before = d.memory.shown.Health
	}
	if shown == nil || shown.Health == before {
		return
	}
	fault := n.fault
	if n.answer != nil {
		fault = n.answer.Fault
	}
	if fault == nil {
		d.log.Info("the player's health changed", "health", shown.Health, "before", before)
		return
	}
	d.log.Warn("the player's health changed", "health", shown.Health, "before", before, "fault", fault)
}
