package jukebox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/predicate"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	maxPending = 8 // commands of one room that wait for the driver
	doneState  = "DONE"
)

// SkipSong ends the song that plays, and goes on to the next one. For hosts. Like PausePlayback, ResumePlayback and
// TransferPlayback it enqueues a command, waits until the room's driver has answered it, and returns what the player
// does then. The error is UpstreamUnavailable if there is no answer within party.CommandTimeout.
func (j *Jukebox) SkipSong(ctx context.Context, roomID string, key *string) (*party.Playback, error) {
	a, err := j.authorize(ctx, roomID, party.ActControlPlayer)
	if err != nil {
		return nil, err
	}
	skip, err := j.skipCommand(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return j.sendCommand(ctx, a, skip, key)
}

// skipCommand returns the command to skip the song that plays now. It names the song, so that a late command does not
// skip the next one.
func (j *Jukebox) skipCommand(ctx context.Context, roomID string) (party.HostCommand, error) {
	state, err := j.currentState(ctx, roomID)
	if err != nil || state.Playback.Song == nil {
		return party.HostCommand{Kind: party.SkipCommand}, err
	}
	return party.HostCommand{Kind: party.SkipCommand, Argument: state.Playback.Song.URI}, nil
}

// PausePlayback pauses the player. Pausing a paused player is no error. For hosts.
func (j *Jukebox) PausePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.PauseCommand})
}

// ResumePlayback resumes what was paused or, if nothing was, plays the room's next song. For hosts.
func (j *Jukebox) ResumePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.ResumeCommand})
}

// TransferPlayback moves the music to another of the host's devices. For hosts.
func (j *Jukebox) TransferPlayback(ctx context.Context, roomID, deviceID string) (*party.Playback, error) {
	if deviceID == "" || len(deviceID) > 255 {
		return nil, party.BadInput("deviceId", "must be the id of one of the room's devices")
	}
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.TransferCommand, Argument: deviceID})
}

// SetVolume sets the volume of the device that plays, in percent. The server does not keep it. For hosts.
func (j *Jukebox) SetVolume(ctx context.Context, roomID string, percent int) (*party.Playback, error) {
	if percent < 0 || percent > 100 {
		return nil, party.BadInput("percent", "must be 0 to 100")
	}
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.VolumeCommand, Argument: strconv.Itoa(percent)})
}

func (j *Jukebox) runCommand(ctx context.Context, roomID string, c party.HostCommand) (*party.Playback, error) {
	a, err := j.authorize(ctx, roomID, party.ActControlPlayer)
	if err != nil {
		return nil, err
	}
	return j.sendCommand(ctx, a, c, nil)
}

// sendCommand enqueues a command for the room's driver, and waits for the answer. A command that is repeated with its
// key is enqueued once, and gets the same answer.
func (j *Jukebox) sendCommand(
	ctx context.Context, a access, c party.HostCommand, key *string,
) (*party.Playback, error) {
	if err := a.checkOpen(); err != nil && key == nil {
		return nil, err
	}
	mutation := commandMutations[c.Kind]
	done, err := j.changeOnce(ctx, a, key, mutation, a.roomID, func(ctx context.Context, t *roomTx) (result, error) {
		return t.enqueueAndLog(ctx, c)
	})
	if err != nil {
		return nil, fmt.Errorf("enqueue a command: %w", err)
	}
	return j.awaitAnswer(ctx, a.roomID, done.objectID)
}

// commandMutations are the mutations of the commands, for their idempotency keys.
var commandMutations = map[party.HostCommandKind]string{
	party.SkipCommand:     "skipSong",
	party.PauseCommand:    "pausePlayback",
	party.ResumeCommand:   "resumePlayback",
	party.TransferCommand: "transferPlayback",
}

// commandEvents are the events that log the commands. A change of the volume is not logged.
var commandEvents = map[party.HostCommandKind]party.EventKind{
	party.SkipCommand:     party.EventSkipped,
	party.PauseCommand:    party.EventPaused,
	party.ResumeCommand:   party.EventResumed,
	party.TransferCommand: party.EventTransferred,
}

// enqueueAndLog enqueues a host's command, and logs it. The result is the command's id.
func (t *roomTx) enqueueAndLog(ctx context.Context, c party.HostCommand) (result, error) {
	enqueued, err := t.enqueueCommand(ctx, c)
	if err != nil {
		return enqueued, err
	}
	t.affectsNobody()
	return enqueued, t.logCommand(ctx, c)
}

// logCommand logs a host's command. For a skip it also records that a host skipped the song that plays.
func (t *roomTx) logCommand(ctx context.Context, c party.HostCommand) error {
	kind, logged := commandEvents[c.Kind]
	event := logEvent{kind: kind}
	if c.Kind != party.SkipCommand {
		if logged {
			t.log(event)
		}
		return nil
	}
	event.detail = string(party.SkippedByHost)
	playing, err := t.playingItem(ctx)
	if err == nil {
		event.itemID = playing.ID
		err = t.setSkippedBy(ctx, playing.ID, party.SkippedByHost)
	}
	t.log(event)
	if errors.Is(err, errNothingPlays) { // the player may be playing a song that is not the room's
		return nil
	}
	return err
}

// enqueueCommand stores a command for the room's driver, or returns RateLimited if too many commands wait. The result
// is the command's id. A volume command supersedes those that wait, which are answered as done.
func (t *roomTx) enqueueCommand(ctx context.Context, c party.HostCommand) (result, error) {
	waiting := t.waitingCommands()
	if c.Kind == party.VolumeCommand {
		waiting.Where(roomcommand.KindNEQ(string(c.Kind)))
	}
	count, err := waiting.Count(ctx)
	if err != nil {
		return result{}, err
	}
	if count >= maxPending && c.Kind != party.ObserveCommand {
		return result{}, &party.Error{
			Code: party.RateLimited, RetryAfter: time.Second,
			Message: "The player has not answered the last commands yet: try again in a moment.",
		}
	}
	if c.Kind == party.VolumeCommand {
		if err := t.answerCommands(ctx, doneState, "", roomcommand.Kind(string(c.Kind))); err != nil {
			return result{}, err
		}
	}
	id := database.NewID()
	err = t.versioned().RoomCommand.Create().SetID(id).SetRoomID(t.roomID).SetKind(string(c.Kind)).SetArgument(c.Argument).
		SetVersion(t.version).SetState(party.PendingCommand).SetCreatedAt(t.now).Exec(ctx)
	if err != nil {
		return result{}, err
	}
	return result{objectID: id}, t.bumpCommandVersion(ctx)
}

// waitingCommands returns a query for the commands that wait and can still be answered in time.
func (t *roomTx) waitingCommands() *ent.RoomCommandQuery {
	return t.tx.RoomCommand.Query().Where(roomcommand.RoomID(t.roomID), roomcommand.State(party.PendingCommand),
		roomcommand.CreatedAtGT(t.now.Add(-party.CommandTimeout)))
}

// bumpCommandVersion raises the version of the room's commands, so that feeds load them.
func (t *roomTx) bumpCommandVersion(ctx context.Context) error {
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetCommandVersion(t.version).Exec(ctx)
}

// answerCommand stores the driver's answer to a command.
func (t *roomTx) answerCommand(ctx context.Context, a *party.Answer) error {
	state := cmp.Or(string(a.Code), doneState)
	if err := t.answerCommands(ctx, state, party.Truncate(a.Message, 1024), roomcommand.ID(a.CommandID)); err != nil {
		return err
	}
	return t.bumpCommandVersion(ctx)
}

// answerCommands answers the waiting commands of the room that match.
func (t *roomTx) answerCommands(ctx context.Context, state, outcome string, which ...predicate.RoomCommand) error {
	return t.versioned().RoomCommand.Update().Where(roomcommand.RoomID(t.roomID)).Where(which...).
		Where(roomcommand.State(party.PendingCommand)).
		SetState(state).SetOutcome(outcome).SetDoneAt(t.now).SetVersion(t.version).Exec(ctx)
}

// awaitAnswer watches the room until the command is answered, and returns what the player does then.
func (j *Jukebox) awaitAnswer(ctx context.Context, roomID, commandID string) (*party.Playback, error) {
	watcher, err := j.Watch(ctx, roomID)
	if err != nil {
		return nil, err
	}
	defer watcher.Close()
	waiting, cancel := context.WithTimeout(ctx, party.CommandTimeout)
	defer cancel()
	for {
		row, err := j.db.Read.RoomCommand.Get(ctx, commandID)
		if err != nil {
			return nil, fmt.Errorf("read the command's answer: %w", err)
		}
		if row.State != party.PendingCommand {
			return j.commandOutcome(ctx, roomID, row)
		}
		if _, err := watcher.Next(waiting); errors.Is(err, context.DeadlineExceeded) {
			return nil, &party.Error{
				Code: party.UpstreamUnavailable, Message: "The player did not answer in time.", RetryAfter: retryCommand,
			}
		} else if err != nil {
			return nil, err
		}
	}
}

// retryCommand is the RetryAfter of commands that failed because the player or Spotify did not answer.
const retryCommand = 5 * time.Second

// commandOutcome returns the result of an answered command: what the player does now, or the failure.
func (j *Jukebox) commandOutcome(ctx context.Context, roomID string, row *ent.RoomCommand) (*party.Playback, error) {
	if row.State != doneState {
		code := party.Code(row.State)
		return nil, &party.Error{Code: code, Message: row.Outcome, RetryAfter: retryAfter(code)}
	}
	state, err := j.currentState(ctx, roomID)
	if err != nil {
		return nil, err
	}
	return &state.Playback, nil
}

func retryAfter(code party.Code) time.Duration {
	if code == party.UpstreamUnavailable {
		return retryCommand
	}
	return 0
}
