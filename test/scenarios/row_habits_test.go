package scenarios_test

import (
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// foreignSoundScenarios test a host who plays a list of items that are no songs. The room's next song follows the item
// that plays.
func foreignSoundScenarios() (all []scenario) {
	for _, sound := range []struct {
		name string
		play func(sim.Host, time.Duration) error
	}{
		{"episodes", sim.Host.PlayEpisode},
		{"local files", sim.Host.PlayLocalFile},
		{"items of an unknown kind", sim.Host.PlayUnknown},
	} {
		all = append(all, scenario{
			name:   "the host plays a list with " + sound.name,
			played: "other 1 2 other", silence: "0s",
			health: "NOTHING_TO_PLAY HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				p.app.playList(p.music[100:120])
				p.untilLeft(100 * time.Millisecond)
				must(p.t, sound.play(p.app.host, 3*time.Minute))
				time.Sleep(time.Minute)
				p.addSome(2)
				p.wholeParty(0)
				p.app.pause()
			},
		})
	}
	return all
}

// playList plays a new playlist of the host's from its first song on.
func (a app) playList(tracks []sim.Track) { must(a.t, a.host.PlayPlaylist(a.playlist(tracks...), 0)) }

// habitScenarios test a host who repeats songs, and who skips songs before the next one is committed.
func habitScenarios() []scenario {
	// The host skips just after an observation, so that the next one is as far away as possible.
	skip := func(p *fixture) {
		time.Sleep(time.Minute)
		<-p.spotify.next("GET me/player")
		time.Sleep(2*latency + time.Millisecond)
		p.app.skip()
	}
	const atMost = 16500 * time.Millisecond // 15 s to the next observation, and another one that confirms it
	return []scenario{
		{
			name:   "the host makes Spotify repeat each song",
			played: "1 2 3 4 5", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 5},
			course: func(p *fixture) {
				for _, song := range []string{"1", "2", "3", "4", "5"} {
					p.untilHeard(song)
					must(p.t, p.app.host.Repeat("track"))
				}
				p.wholeParty(0)
			},
		},
		{
			name:   "the host makes Spotify repeat a song of their own, and songs wait",
			played: "other 1 2", silence: "0s",
			health: "NOTHING_TO_PLAY HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				must(p.t, p.app.host.PlayURI(p.music[100].URI))
				must(p.t, p.app.host.Repeat("track"))
				time.Sleep(time.Minute)
				p.addSome(2)
				p.wholeParty(0)
			},
		},
		{
			name:   "the host skips just after an observation, before the commit",
			played: "1 2 3", silence: "16.499s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				skip(p)
				p.wholeParty(atMost)
			},
		},
		{
			name:   "the host skips just after an observation, before the commit, with autoplay",
			played: "1 other 2 3 other", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3, spotify: func(s *sim.Switches) { s.Autoplay = true }},
			states:  "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				skip(p)
				p.wholeParty(0)
				if d := p.lasted(1); d > atMost {
					p.t.Errorf("what nobody chose was heard for %v, want at most %v", d, atMost)
				}
			},
		},
	}
}

// lasted returns how long the item at this place among all that was heard was heard.
func (p *fixture) lasted(place int) time.Duration {
	heard := p.spotify.Plays(p.account.ID)[place]
	return heard.Ended.Sub(heard.Started)
}

// asleepScenarios test a device that falls asleep while the host has paused, and a host who resumes an hour later.
func asleepScenarios() []scenario {
	asleep := func(change func(*sim.Switches)) options {
		return options{songs: 3, spotify: func(s *sim.Switches) {
			s.SleepAfter = 10 * time.Minute
			change(s)
		}}
	}
	kitchen := func(p *fixture) string { return p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"}) }
	return []scenario{
		{
			name:   "the device falls asleep during a pause of an hour, and keeps its id",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: asleep(func(s *sim.Switches) { s.SleepListed = true }),
			course: func(p *fixture) {
				p.pauseForAnHour()
				p.resume("")
				p.wholeParty(0)
			},
		},
		{
			name:   "the device falls asleep during a pause of an hour, and has another id",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: asleep(func(s *sim.Switches) { s.SleepListed, s.SleepNewID = true, true }),
			course: func(p *fixture) {
				p.pauseForAnHour()
				p.resume("")
				p.wholeParty(0)
			},
		},
		{
			name:   "the device falls asleep during a pause of an hour, and two devices are listed",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST DEVICE_LOST/CHOOSE_DEVICE OK NOTHING_TO_PLAY",
			options: asleep(func(s *sim.Switches) { s.SleepListed = true }),
			course: func(p *fixture) {
				chosen := kitchen(p)
				p.pauseForAnHour()
				p.resume(party.Conflict)
				_, err := p.server.TransferPlayback(p.host, p.room.ID, chosen)
				must(p.t, err)
				p.resume("")
				p.wholeParty(0)
			},
		},
		{
			name:   "the device falls asleep during a pause of an hour, and none is listed until the host opens Spotify",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: asleep(func(*sim.Switches) {}),
			course: func(p *fixture) {
				p.pauseForAnHour()
				p.resume(party.NotFound)
				p.app.open()
				time.Sleep(10 * time.Second)
				p.resume("")
				p.wholeParty(0)
			},
		},
	}
}

// pauseForAnHour pauses in the host's app. The room shows that for the whole hour.
func (p *fixture) pauseForAnHour() {
	p.t.Helper()
	time.Sleep(time.Minute)
	p.app.pause()
	time.Sleep(20 * time.Second)
	for range 59 {
		if shown := p.shown(); shown.Status != party.Paused || shown.Song == nil {
			p.t.Fatalf("the room shows %s with song %v during the pause", shown.Status, shown.Song)
		}
		time.Sleep(time.Minute)
	}
}

// resume resumes by a host command, and expects an answer within 5 s: an error with this code, or, if the code is
// empty, success and music.
func (p *fixture) resume(code party.Code) {
	p.t.Helper()
	began := time.Now()
	shown, err := p.server.ResumePlayback(p.host, p.room.ID)
	refused := err != nil && party.CodeOf(err) == code
	if took := time.Since(began); took > 5*time.Second || refused != (code != "") || !refused && err != nil {
		p.t.Errorf("resumePlayback answers %v after %v, want the code %q within 5 s", err, took, code)
	}
	if err == nil && shown.Status != party.Playing {
		p.t.Errorf("resumePlayback answers %s, want PLAYING", shown.Status)
	}
}
