package playback

import (
	"slices"
	"time"

	"antwon.dj/backend/internal/party"
)

// modelPlayer is a small model of Spotify's player. It has what really sounds, even if Spotify's answers differ from
// it. It is a value.
type modelPlayer struct {
	loaded     string // the name of the song; empty: none
	before     string // the song that was loaded before
	progress   time.Duration
	playing    bool
	stuck      bool // it claims to play and does not move
	device     bool // there is a device
	active     bool // it is the active one
	hostPaused bool
	queue      string // names of the songs that follow, one letter each
	playlist   string // the room's playlist
	inPlaylist bool   // the playlist plays
	crossfade  time.Duration
}

// modelSong is how long each song of the model lasts.
const modelSong = 180 * time.Second

func songNamed(name string) party.Song { return lasting(song(name), modelSong) }

// sounds reports whether something is heard.
func (p *modelPlayer) sounds() bool {
	return p.device && p.active && p.playing && !p.stuck && p.loaded != ""
}

// advance lets time pass.
func (p *modelPlayer) advance(by time.Duration) {
	for p.sounds() && by > 0 {
		end := modelSong
		if p.queue != "" {
			end -= p.crossfade
		}
		step := max(0, min(by, end-p.progress))
		p.progress += step
		by -= step
		if p.progress >= end {
			p.next()
		}
	}
}

// next goes on to the song that follows, or stops at the beginning of the present one.
func (p *modelPlayer) next() {
	follows := ""
	switch i := slices.Index([]byte(p.playlist), firstByte(p.loaded)); {
	case p.queue != "":
		follows, p.queue = p.queue[:1], p.queue[1:]
	case p.inPlaylist && i >= 0 && i+1 < len(p.playlist):
		follows = p.playlist[i+1 : i+2]
	}
	p.progress, p.stuck = 0, false
	if follows == "" {
		p.playing = false
		return
	}
	p.before, p.loaded, p.playing = p.loaded, follows, true
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

func (p *modelPlayer) start(name string) {
	p.before, p.loaded, p.progress = p.loaded, name, 0
	p.playing, p.stuck, p.hostPaused, p.active, p.inPlaylist = true, false, false, true, false
}

// look returns the observation that an honest Spotify answers with.
func (p *modelPlayer) look(now time.Time) Observation {
	s := Observation{At: now}
	if !p.device || !p.active {
		return s
	}
	s.Device = speaker()
	if p.loaded != "" {
		loaded := songNamed(p.loaded)
		s.Song, s.Progress, s.Playing = &loaded, p.progress, p.playing
	}
	if p.inPlaylist {
		s.Context = modelPlaylist
	}
	return s
}

const modelPlaylist = "spotify:playlist:room"

// carryOut carries a command out, and returns how an honest Spotify answers.
func (p *modelPlayer) carryOut(c Command) *Answer {
	a := &Answer{Command: c}
	name := ""
	if c.ItemID != "" {
		name = c.ItemID[len("item-"):]
	}
	switch c.Kind {
	case ReadQueue, VerifyPlaylist, CreatePlaylist, Devices:
		return p.report(a)
	case Append:
		p.playlist += name
		return a
	}
	targeted := c.DeviceID != "" && p.device
	if !p.device || !p.active && !targeted {
		a.Fault = &Fault{Kind: NoDevice}
		return a
	}
	p.control(c, name)
	return a
}

// control carries out a command to a device.
func (p *modelPlayer) control(c Command, name string) {
	switch c.Kind {
	case Play:
		p.start(name)
		p.progress = c.Position
	case PlayPlaylist:
		p.start(name)
		p.inPlaylist = true
	case Enqueue:
		p.queue += name
	case Next:
		p.next()
	case Pause:
		p.playing, p.hostPaused = false, true
	case Resume:
		p.active, p.playing, p.hostPaused = true, p.loaded != "", false
	case Transfer:
		p.active = true
		p.playing = p.playing || c.Play
	}
}

// report answers a command that changes nothing.
func (p *modelPlayer) report(a *Answer) *Answer {
	switch a.Command.Kind {
	case ReadQueue:
		if p.device && p.active && p.loaded != "" {
			current := songNamed(p.loaded)
			a.Queue.Current = &current
			a.Queue.Next = songsNamed(p.queue)
		}
	case VerifyPlaylist:
		a.Songs = songsNamed(p.playlist)
	case CreatePlaylist:
		a.PlaylistURI = modelPlaylist
	case Devices:
		if p.device {
			d := *speaker()
			d.IsActive = p.active
			a.Devices = []party.Device{d}
		}
	}
	return a
}

func songsNamed(names string) (songs []party.Song) {
	for _, name := range names {
		songs = append(songs, songNamed(string(name)))
	}
	return songs
}
