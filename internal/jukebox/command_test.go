package jukebox_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// answerCommand answers the next command as the player's driver would, and returns it.
func (p *fixture) answerCommand(answer party.Answer) party.HostCommand {
	p.Helper()
	var command party.HostCommand
	p.eventually(func() bool {
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		if len(state.PendingCommands) == 0 {
			return false
		}
		command = state.PendingCommands[0]
		return true
	})
	answer.CommandID = command.ID
	p.step(party.PlaybackStep{Answered: &answer})
	return command
}

func TestHostsCommandThePlayer(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		item := p.add(p.host, 1)
		p.step(party.PlaybackStep{StartedItem: item.ID, Playback: &party.Playback{
			Status: party.Playing, Item: item, Song: &item.Song, Health: party.HealthOK,
		}})
		for name, ask := range map[party.HostCommandKind]func(context.Context) (*party.Playback, error){
			party.SkipCommand:   func(ctx context.Context) (*party.Playback, error) { return p.SkipSong(ctx, p.room.ID, nil) },
			party.PauseCommand:  func(ctx context.Context) (*party.Playback, error) { return p.PausePlayback(ctx, p.room.ID) },
			party.ResumeCommand: func(ctx context.Context) (*party.Playback, error) { return p.ResumePlayback(ctx, p.room.ID) },
			party.TransferCommand: func(ctx context.Context) (*party.Playback, error) {
				return p.TransferPlayback(ctx, p.room.ID, "phone")
			},
			party.VolumeCommand: func(ctx context.Context) (*party.Playback, error) { return p.SetVolume(ctx, p.room.ID, 40) },
		} {
			_, err := ask(guest)
			p.wants(party.Forbidden, err)
			_, err = ask(p.newHost("Otto"))
			p.wants(party.Forbidden, err)

			answered := make(chan error, 1)
			go func() { _, err := ask(p.host); answered <- err }()
			command := p.answerCommand(party.Answer{})
			p.must(<-answered)
			argument := map[party.HostCommandKind]string{
				party.SkipCommand: item.Song.URI, party.TransferCommand: "phone", party.VolumeCommand: "40",
			}[name]
			if command.Kind != name || command.Argument != argument || time.Since(command.At) > soon {
				p.Errorf("the player's driver gets %+v", command)
			}
			go func() { _, err := ask(p.host); answered <- err }()
			p.answerCommand(party.Answer{Code: party.Conflict, Message: "it does not want to"})
			p.expect("message", p.wants(party.Conflict, <-answered).Message, "it does not want to")
		}
	})
}

// A volume is 0 to 100 percent, and is not logged.
func TestVolumeIsBoundedAndNotLogged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for _, percent := range []int{-1, 101} {
			_, err := p.SetVolume(p.host, p.room.ID, percent)
			p.wants(party.BadUserInput, err)
		}
		before, _, err := p.Lists().Log(p.host, p.room, lists.First(100, nil), true)
		p.must(err)
		answered := make(chan error, 1)
		go func() { answered <- second(p.SetVolume(p.host, p.room.ID, 0)) }()
		p.answerCommand(party.Answer{})
		p.must(<-answered)
		after, _, err := p.Lists().Log(p.host, p.room, lists.First(100, nil), true)
		p.must(err)
		if len(after) != len(before) {
			p.Errorf("the log has %+v", after)
		}
	})
}

func TestUnansweredCommandFails(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		_, err := p.PausePlayback(p.host, p.room.ID)
		if p.wants(party.UpstreamUnavailable, err).RetryAfter == 0 {
			p.Error("the error does not say when to try again")
		}
	})
}

func TestARepeatedSkipIsOneSkip(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		answered, key := make(chan error, 2), pointer("skip")
		for range 2 {
			go func() { _, err := p.SkipSong(p.host, p.room.ID, key); answered <- err }()
		}
		p.answerCommand(party.Answer{})
		p.must(<-answered)
		p.must(<-answered)
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		if len(state.PendingCommands) != 0 {
			p.Errorf("the driver is asked again: %+v", state.PendingCommands)
		}
	})
}

func TestClosingAnswersCommands(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		answered := make(chan error, 1)
		go func() { _, err := p.PausePlayback(p.host, p.room.ID); answered <- err }()
		p.eventually(func() bool {
			state, err := p.LoadState(p.Context(), p.room.ID, nil)
			p.must(err)
			return len(state.PendingCommands) == 1
		})
		_, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.wants(party.Conflict, <-answered)
		_, err = p.PausePlayback(p.host, p.room.ID)
		p.wants(party.Conflict, err)
	})
}

func TestPendingCommandsAreLimited(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		answered := make(chan error, 9)
		for range cap(answered) {
			go func() { _, err := p.PausePlayback(p.host, p.room.ID); answered <- err }()
		}
		p.wants(party.RateLimited, <-answered) // the others are answered in five seconds
		for range cap(answered) - 1 {
			p.answerCommand(party.Answer{})
		}
		for range cap(answered) - 1 {
			p.must(<-answered)
		}
	})
}

// A host drags the slider of the volume while the player is slow. Only the last volume waits, and all requests succeed.
func TestVolumeSupersedesTheOneThatWaits(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		paused, answered := make(chan error, 1), make(chan error, 10)
		go func() { _, err := p.PausePlayback(p.host, p.room.ID); paused <- err }()
		for percent := range cap(answered) {
			go func() { _, err := p.SetVolume(p.host, p.room.ID, percent); answered <- err }()
			p.eventually(func() bool {
				state, err := p.LoadState(p.Context(), p.room.ID, nil)
				p.must(err)
				waiting := state.PendingCommands
				return len(waiting) == 2 && slices.ContainsFunc(waiting, func(c party.HostCommand) bool {
					return c.Argument == strconv.Itoa(percent)
				})
			})
		}
		for range cap(answered) - 1 {
			p.must(<-answered)
		}
		p.answerCommand(party.Answer{})
		p.must(<-paused)
		p.expect("volume", p.answerCommand(party.Answer{}).Argument, "9")
		p.must(<-answered)
	})
}

func TestAnsweredCommandsAreDeletedEventually(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		answered, key := make(chan error, 1), pointer("skip")
		go func() { _, err := p.SkipSong(p.host, p.room.ID, key); answered <- err }()
		p.answerCommand(party.Answer{})
		p.must(<-answered)
		for _, tt := range []struct {
			later time.Duration
			kept  int
		}{{24 * time.Hour, 1}, {2 * time.Hour, 0}} {
			p.must(jukebox.AgeCommands(p.Context(), p.store, tt.later))
			p.must(p.purger().Commands(p.Context()))
			kept, err := jukebox.KeptCommands(p.Context(), p.store)
			p.must(err)
			if kept != tt.kept {
				p.Errorf("%d commands are kept, want %d", kept, tt.kept)
			}
		}
	})
}
