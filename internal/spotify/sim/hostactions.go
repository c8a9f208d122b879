package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Host is what the owner of an account does in Spotify's own apps. Premium, switches and limits mean nothing there. Its
// methods fail if there is no such account, if what they need is not there, or if the state file cannot be written.
type Host struct {
	spotify *Spotify
	account string
}

// Host returns the hands of an account's owner.
func (s *Spotify) Host(accountID string) Host { return Host{s, accountID} }

// hand is what a change of an account may need besides it.
type hand struct {
	*Spotify
	now  time.Time
	laws laws
}

// changeAccount changes an account, whose player stands at now.
func (s *Spotify) changeAccount(accountID string, change func(*account, *hand) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.state.Accounts[accountID]
	if !ok {
		return fmt.Errorf("the simulated Spotify has no account %q", accountID)
	}
	now := s.now()
	a = s.advanced(a, now)
	if err := change(&a, &hand{s, now, s.laws(a)}); err != nil {
		return err
	}
	return s.put(a)
}

func (h Host) do(change func(*account, *hand) error) error {
	return h.spotify.changeAccount(h.account, change)
}

// wake makes sure that a device is active, as pressing play in an app does.
func (a *account) wake() error {
	if active(a.Devices) >= 0 {
		return nil
	}
	at := slices.IndexFunc(a.Devices, func(d Device) bool { return !d.Gone })
	if at < 0 {
		return errors.New("all apps are closed")
	}
	a.Devices = activate(a.Devices, at)
	return nil
}

// Pause does nothing to a player that does not play.
func (h Host) Pause() error {
	return h.do(func(a *account, w *hand) error {
		if a.Player.Playing {
			a.Player = a.Player.pause(w.now, "paused")
		}
		return nil
	})
}

// Resume goes on with the current track, or the last one, or what was queued.
func (h Host) Resume() error {
	return h.do(func(a *account, w *hand) error {
		if err := a.wake(); err != nil {
			return err
		}
		switch p := a.Player; {
		case p.sounding():
		case p.Track == "" && len(p.Queue) == 0:
			return errors.New("there is nothing to resume")
		case p.Track == "":
			a.Player = p.next(w.now, w.laws)
		default:
			a.Player = p.resume(w.now, ByHost)
		}
		return nil
	})
}

// Seek goes to a position of the current track.
func (h Host) Seek(to time.Duration) error {
	return h.do(func(a *account, w *hand) error {
		if a.Player.By == "" {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.seek(min(max(0, to), w.laws.length(a.Player.Track)), w.now)
		return nil
	})
}

// Skip goes to the next track.
func (h Host) Skip() error {
	return h.do(func(a *account, w *hand) error {
		if err := a.wake(); err != nil {
			return err
		}
		a.Player = a.Player.next(w.now, w.laws)
		return nil
	})
}

// PlayURI starts a track of the host's own choice. What was queued follows it.
func (h Host) PlayURI(uri string) error {
	return h.do(func(a *account, w *hand) error {
		ids, err := w.playable(uri)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return fmt.Errorf("%s cannot be played", uri)
		}
		if err := a.wake(); err != nil {
			return err
		}
		a.Player = a.Player.play(ids, 0, "", ByHost, w.now, w.laws)
		return nil
	})
}

// PlayPlaylist starts a playlist, or an album, at an index from 0.
func (h Host) PlayPlaylist(uri string, at int) error {
	return h.do(func(a *account, w *hand) error {
		ids, err := w.contextTracks(w.state, uri)
		if err != nil {
			return err
		}
		if at < 0 || at >= len(ids) {
			return fmt.Errorf("%s has %d tracks that can be played, and none at %d", uri, len(ids), at)
		}
		if err := a.wake(); err != nil {
			return err
		}
		a.Player = a.Player.play(ids, at, uri, ByHost, w.now, w.laws)
		return nil
	})
}

// Transfer moves playback to another device; it goes on as it was.
func (h Host) Transfer(deviceID string) error {
	return h.do(func(a *account, _ *hand) error {
		at := present(a.Devices, deviceID)
		if at < 0 {
			return fmt.Errorf("there is no device %q", deviceID)
		}
		a.Devices = activate(a.Devices, at)
		return nil
	})
}

// CloseApp switches the active device off, or all if none is active. The music stops, and the device is not listed any
// more.
func (h Host) CloseApp() error {
	return h.do(func(a *account, w *hand) error {
		at := active(a.Devices)
		a.Devices = slices.Clone(a.Devices)
		for i := range a.Devices {
			if i == at || at < 0 {
				a.Devices[i].Active, a.Devices[i].Gone = false, true
			}
		}
		if a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		return nil
	})
}

// OpenApp switches all devices on again. None is active before something plays.
func (h Host) OpenApp() error {
	return h.do(func(a *account, _ *hand) error {
		a.Devices = slices.Clone(a.Devices)
		for i := range a.Devices {
			a.Devices[i].Gone = false
		}
		return nil
	})
}

// AddDevice adds a device, and returns its ID, which is made up if none is given. An active one takes over.
func (h Host) AddDevice(d Device) (id string, err error) {
	made := newDevice(d.Name, d.Type)
	if d.ID == "" {
		d.ID = made.ID
	}
	if strings.TrimSpace(d.Name) == "" || d.Type == "" {
		return "", errors.New("a device needs a name and a type")
	}
	return d.ID, h.do(func(a *account, _ *hand) error {
		if slices.ContainsFunc(a.Devices, func(other Device) bool { return other.ID == d.ID }) {
			return fmt.Errorf("there is a device %q already", d.ID)
		}
		a.Devices = append(slices.Clip(a.Devices), d)
		if d.Active {
			a.Devices = activate(a.Devices, len(a.Devices)-1)
		}
		return nil
	})
}

// RemoveDevice takes a device away for good. If it was active the music stops.
func (h Host) RemoveDevice(id string) error {
	return h.do(func(a *account, w *hand) error {
		at := slices.IndexFunc(a.Devices, func(d Device) bool { return d.ID == id })
		if at < 0 {
			return fmt.Errorf("there is no device %q", id)
		}
		if a.Devices[at].Active && a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		a.Devices = slices.Delete(slices.Clone(a.Devices), at, at+1)
		return nil
	})
}

// ChangeDevice changes a device in place: its name, whether it is restricted, in a private session, without a volume. Its
// ID stays.
func (h Host) ChangeDevice(id string, change func(*Device)) error {
	return h.do(func(a *account, w *hand) error {
		at := slices.IndexFunc(a.Devices, func(d Device) bool { return d.ID == id })
		if at < 0 {
			return fmt.Errorf("there is no device %q", id)
		}
		a.Devices = slices.Clone(a.Devices)
		change(&a.Devices[at])
		a.Devices[at].ID = id
		if a.Devices[at].Active {
			a.Devices = activate(a.Devices, at)
		}
		if active(a.Devices) < 0 && a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		return nil
	})
}

// Devices returns the account's devices, those that are switched off too.
func (h Host) Devices() []Device {
	h.spotify.mu.Lock()
	defer h.spotify.mu.Unlock()
	return slices.Clone(h.spotify.state.Accounts[h.account].Devices)
}

// SetVolume turns the active device up or down, in percent.
func (h Host) SetVolume(percent int) error {
	return h.do(func(a *account, _ *hand) error {
		at := active(a.Devices)
		if at < 0 || percent < 0 || percent > 100 {
			return fmt.Errorf("no volume of %d %% can be set", percent)
		}
		a.Devices = slices.Clone(a.Devices)
		a.Devices[at].Volume = &percent
		return nil
	})
}

// Vanish is an app that loses its connection while it plays: nothing sounds, but the state says is_playing, and its
// progress grows past the end of the song for ever, until a command starts something or the host resumes.
func (h Host) Vanish() error { return h.hold("vanished") }

// Freeze is an app that hangs while it plays: nothing sounds, but the state says is_playing, always at the same progress.
func (h Host) Freeze() error { return h.hold("frozen") }

func (h Host) hold(how string) error {
	return h.do(func(a *account, w *hand) error {
		if !a.Player.sounding() {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.hold(how, w.now)
		return nil
	})
}

// Advertise puts an advertisement before the rest of the current song: the state has no item, of the type "ad".
func (h Host) Advertise(length time.Duration) error { return h.interrupt("ad", length) }

// PlayEpisode puts an episode of a podcast before the rest of the current song. The state shows it to those who ask for
// episodes, and no item to others.
func (h Host) PlayEpisode(length time.Duration) error { return h.interrupt("episode", length) }

func (h Host) interrupt(with string, length time.Duration) error {
	return h.do(func(a *account, w *hand) error {
		if !a.Player.sounding() || length <= 0 {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.interrupt(with, length, w.now)
		return nil
	})
}
