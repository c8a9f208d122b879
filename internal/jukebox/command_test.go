package jukebox_test

import (
	"context"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
)

// obey answers the next command as the player's driver would, and returns it.
func (p *party) obey(answer jukebox.Answer) jukebox.HostCommand {
	p.Helper()
	var wish jukebox.HostCommand
	p.eventually(func() bool {
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		if len(state.Wishes) == 0 {
			return false
		}
		wish = state.Wishes[0]
		return true
	})
	answer.CommandID = wish.ID
	p.step(jukebox.PlaybackStep{Answered: &answer})
	return wish
}

func TestHostsCommandThePlayer(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		guest := p.join("Gina")
		item := p.add(p.host, 1)
		p.step(jukebox.PlaybackStep{StartedItem: item.ID, Playback: &jukebox.Playback{Status: jukebox.Playing, Item: item, Song: &item.Song, Health: jukebox.HealthOK}})
		for name, ask := range map[jukebox.HostCommandKind]func(context.Context) (*jukebox.Playback, error){
			jukebox.SkipCommand:   func(ctx context.Context) (*jukebox.Playback, error) { return p.SkipSong(ctx, p.room.ID, nil) },
			jukebox.PauseCommand:  func(ctx context.Context) (*jukebox.Playback, error) { return p.PausePlayback(ctx, p.room.ID) },
			jukebox.ResumeCommand: func(ctx context.Context) (*jukebox.Playback, error) { return p.ResumePlayback(ctx, p.room.ID) },
			jukebox.TransferCommand: func(ctx context.Context) (*jukebox.Playback, error) {
				return p.TransferPlayback(ctx, p.room.ID, "phone")
			},
		} {
			_, err := ask(guest)
			p.wants(jukebox.Forbidden, err)
			_, err = ask(p.newHost("Otto"))
			p.wants(jukebox.Forbidden, err)

			answered := make(chan error, 1)
			go func() { _, err := ask(p.host); answered <- err }()
			wish := p.obey(jukebox.Answer{})
			p.must(<-answered)
			argument := map[jukebox.HostCommandKind]string{jukebox.SkipCommand: item.Song.URI, jukebox.TransferCommand: "phone"}[name]
			if wish.Kind != name || wish.Argument != argument || time.Since(wish.At) > soon {
				t.Errorf("the player's driver is told %+v", wish)
			}
			go func() { _, err := ask(p.host); answered <- err }()
			p.obey(jukebox.Answer{Code: jukebox.Conflict, Message: "it does not want to"})
			p.expect("message", p.wants(jukebox.Conflict, <-answered).Message, "it does not want to")
		}
	})
}

func TestACommandThatNobodyAnswersFails(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		_, err := p.PausePlayback(p.host, p.room.ID)
		if p.wants(jukebox.UpstreamUnavailable, err).RetryAfter == 0 {
			t.Error("nobody knows when to try again")
		}
	})
}

func TestARepeatedSkipIsOneSkip(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		answered, key := make(chan error, 2), pointer("skip")
		for range 2 {
			go func() { _, err := p.SkipSong(p.host, p.room.ID, key); answered <- err }()
		}
		p.obey(jukebox.Answer{})
		p.must(<-answered)
		p.must(<-answered)
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		if len(state.Wishes) != 0 {
			t.Errorf("the driver is asked again: %+v", state.Wishes)
		}
	})
}

func TestClosingAnswersCommands(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		answered := make(chan error, 1)
		go func() { _, err := p.PausePlayback(p.host, p.room.ID); answered <- err }()
		p.eventually(func() bool {
			state, err := p.LoadState(p.Context(), p.room.ID, nil)
			p.must(err)
			return len(state.Wishes) == 1
		})
		_, err := p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.wants(jukebox.Conflict, <-answered)
		_, err = p.PausePlayback(p.host, p.room.ID)
		p.wants(jukebox.Conflict, err)
	})
}

func TestCommandsDoNotPileUp(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		answered := make(chan error, 9)
		for range cap(answered) {
			go func() { _, err := p.PausePlayback(p.host, p.room.ID); answered <- err }()
		}
		p.wants(jukebox.RateLimited, <-answered) // the others are answered in five seconds
		for range cap(answered) - 1 {
			p.obey(jukebox.Answer{})
		}
		for range cap(answered) - 1 {
			p.must(<-answered)
		}
	})
}

func TestAnsweredCommandsAreForgottenOneDay(t *testing.T) {
	onBothDatabases(t, func(p *party) {
		answered, key := make(chan error, 1), pointer("skip")
		go func() { _, err := p.SkipSong(p.host, p.room.ID, key); answered <- err }()
		p.obey(jukebox.Answer{})
		p.must(<-answered)
		for _, tt := range []struct {
			later time.Duration
			kept  int
		}{{24 * time.Hour, 1}, {2 * time.Hour, 0}} {
			p.must(p.store.AgeCommands(p.Context(), tt.later))
			p.must(p.ForgetOldCommands(p.Context()))
			kept, err := p.store.KeptCommands(p.Context())
			p.must(err)
			if kept != tt.kept {
				t.Errorf("%d commands are kept, want %d", kept, tt.kept)
			}
		}
	})
}
