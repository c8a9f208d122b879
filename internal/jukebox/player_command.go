package jukebox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/roomcommand"
	"antwon.dj/backend/ent/roomplayback"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	maxPending = 8 // commands that wait in one room

	pendingState = "PENDING"
	doneState    = "DONE" // any other state is the Code of a failure
)

// SkipSong ends the song that plays and goes on to the next one. For hosts, as are the other three. All of them wait for
// the player's driver; UpstreamUnavailable if nothing came of it in five seconds.
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

// skipping is the command to skip what plays.
func (j *Jukebox) skipCommand(ctx context.Context, roomID string) (party.HostCommand, error) {
	state, err := j.currentState(ctx, roomID)
	if err != nil || state.Playback.Song == nil {
		return party.HostCommand{Kind: party.SkipCommand}, err
	}
	return party.HostCommand{Kind: party.SkipCommand, Argument: state.Playback.Song.URI}, nil
}

// PausePlayback pauses the player; pausing a paused one is no error.
func (j *Jukebox) PausePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.PauseCommand})
}

// ResumePlayback goes on with what was paused or, where nothing is, with the room's next song.
func (j *Jukebox) ResumePlayback(ctx context.Context, roomID string) (*party.Playback, error) {
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.ResumeCommand})
}

// TransferPlayback moves the music to another of the host's devices.
func (j *Jukebox) TransferPlayback(ctx context.Context, roomID, deviceID string) (*party.Playback, error) {
	if deviceID == "" || len(deviceID) > 255 {
		return nil, party.BadInput("deviceId", "must be the id of one of the room's devices")
	}
	return j.runCommand(ctx, roomID, party.HostCommand{Kind: party.TransferCommand, Argument: deviceID})
}

func (j *Jukebox) runCommand(ctx context.Context, roomID string, c party.HostCommand) (*party.Playback, error) {
	a, err := j.authorize(ctx, roomID, party.ActControlPlayer)
	if err != nil {
		return nil, err
	}
	return j.sendCommand(ctx, a, c, nil)
}

// command leaves a command for whoever drives the room, and waits for the answer. Who repeats one by its key is answered
// alike.
func (j *Jukebox) sendCommand(ctx context.Context, a access, c party.HostCommand, key *string) (*party.Playback, error) {
	if err := a.checkOpen(); err != nil && key == nil {
		return nil, err
	}
	mutation := map[party.HostCommandKind]string{
		party.SkipCommand: "skipSong", party.PauseCommand: "pausePlayback", party.ResumeCommand: "resumePlayback", party.TransferCommand: "transferPlayback",
	}[c.Kind]
	done, err := j.changeOnce(ctx, a, key, mutation, a.roomID, func(ctx context.Context, t *roomTx) (result, error) {
		return t.enqueueAndLog(ctx, c)
	})
	if err != nil {
		return nil, fmt.Errorf("leave a command: %w", err)
	}
	return j.awaitAnswer(ctx, a.roomID, done.objectID)
}

func (t *roomTx) enqueueAndLog(ctx context.Context, c party.HostCommand) (result, error) {
	left, err := t.enqueueCommand(ctx, c)
	if err != nil {
		return left, err
	}
	t.affectsNobody()
	return left, t.logCommand(ctx, c)
}

// tellCommand puts a host's command into the log, and notes who wanted a song skipped.
func (t *roomTx) logCommand(ctx context.Context, c party.HostCommand) error {
	kind := map[party.HostCommandKind]EventKind{party.PauseCommand: EventPaused, party.ResumeCommand: EventResumed, party.TransferCommand: EventTransferred, party.SkipCommand: EventSkipped}[c.Kind]
	d := logEvent{kind: kind}
	if c.Kind != party.SkipCommand {
		t.log(d)
		return nil
	}
	d.detail = string(party.SkippedByHost)
	playing, err := t.playingItem(ctx)
	if err == nil {
		d.itemID = playing.ID
		err = t.setSkippedBy(ctx, playing.ID, party.SkippedByHost)
	}
	t.log(d)
	if errors.Is(err, errNothingPlays) { // of this room
		return nil
	}
	return err
}

func (t *roomTx) enqueueCommand(ctx context.Context, c party.HostCommand) (result, error) {
	waiting, err := t.tx.RoomCommand.Query().Where(roomcommand.RoomID(t.roomID), roomcommand.State(pendingState),
		roomcommand.CreatedAtGT(t.now.Add(-party.CommandTimeout))).Count(ctx)
	if err != nil {
		return result{}, err
	}
	if waiting >= maxPending && c.Kind != party.ObserveCommand {
		return result{}, &party.Error{Code: party.RateLimited, Message: "the player has not answered the last commands yet: try again in a moment", RetryAfter: time.Second}
	}
	id := database.NewID()
	err = t.versioned().RoomCommand.Create().SetID(id).SetRoomID(t.roomID).SetKind(string(c.Kind)).SetArgument(c.Argument).
		SetVersion(t.version).SetState(pendingState).SetCreatedAt(t.now).Exec(ctx)
	if err != nil {
		return result{}, err
	}
	return result{objectID: id}, t.bumpCommandVersion(ctx)
}

func (t *roomTx) bumpCommandVersion(ctx context.Context) error {
	return t.tx.RoomPlayback.Update().Where(roomplayback.ID(t.roomID)).SetCommandVersion(t.version).Exec(ctx)
}

// answer writes what came of a command.
func (t *roomTx) answerCommand(ctx context.Context, a *party.Answer) error {
	state := doneState
	if a.Code != "" {
		state = string(a.Code)
	}
	err := t.versioned().RoomCommand.Update().Where(roomcommand.ID(a.CommandID), roomcommand.State(pendingState)).
		SetState(state).SetOutcome(party.Truncate(a.Message, 1024)).SetDoneAt(t.now).SetVersion(t.version).Exec(ctx)
	if err != nil {
		return err
	}
	return t.bumpCommandVersion(ctx)
}

// awaitAnswer follows the room until the command is answered, and returns what the player does then.
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
		if row.State != pendingState {
			return j.commandOutcome(ctx, roomID, row)
		}
		if _, err := watcher.Next(waiting); errors.Is(err, context.DeadlineExceeded) {
			return nil, &party.Error{Code: party.UpstreamUnavailable, Message: "the player did not answer in time", RetryAfter: retryCommand}
		} else if err != nil {
			return nil, err
		}
	}
}

// retryCommand is when a command that failed is worth another try.
const retryCommand = 5 * time.Second

func (j *Jukebox) commandOutcome(ctx context.Context, roomID string, row *ent.RoomCommand) (*party.Playback, error) {
	if row.State != doneState {
		return nil, &party.Error{Code: party.Code(row.State), Message: row.Outcome, RetryAfter: retryAfter(party.Code(row.State))}
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

// pendingCommands returns what hosts want and nobody has answered yet, oldest first.
func (l *stateLoader) pendingCommands(ctx context.Context, roomID string) ([]party.HostCommand, error) {
	rows, err := l.db.Read.RoomCommand.Query().Where(roomcommand.RoomID(roomID), roomcommand.State(pendingState)).
		Order(roomcommand.ByVersion(), roomcommand.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("load commands: %w", err)
	}
	var commands []party.HostCommand
	for _, row := range rows {
		commands = append(commands, party.HostCommand{row.ID, party.HostCommandKind(row.Kind), row.Argument, row.CreatedAt.UTC()})
	}
	return commands, nil
}

// commandsKept is longer than a command can be repeated by its key.
const commandsKept = keyLifetime + time.Hour

// ForgetOldCommands deletes commands that were answered long ago.
func (j *Jukebox) DeleteOldCommands(ctx context.Context) error {
	return j.db.InTx(ctx, func(tx *ent.Tx) error {
		_, err := tx.RoomCommand.Delete().
			Where(roomcommand.StateNEQ(pendingState), roomcommand.CreatedAtLT(database.Microseconds(time.Now().Add(-commandsKept)))).Exec(ctx)
		return err
	})
}
