package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Host performs what the owner of an account can do in Spotify's own apps, where Premium, switches and limits do not
// apply. Its methods return an error if the account or something else that they need does not exist, or if the state
// file cannot be written.
type Host struct {
	spotify *Spotify
	account string
}

// Host returns the owner of an account.
func (s *Spotify) Host(accountID string) Host { return Host{s, accountID} }

// accountChange is the context in which an account is changed.
type accountChange struct {
	*Spotify
	now     time.Time
	options playerOptions
}

// changeAccount applies a change to an account whose player has been advanced to now, and saves it.
func (s *Spotify) changeAccount(accountID string, change func(*account, *accountChange) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.state.Accounts[accountID]
	if !ok {
		return fmt.Errorf("the simulated Spotify has no account %q", accountID)
	}
	now := s.now()
	a = s.advanceAccount(a, now)
	if err := change(&a, &accountChange{s, now, s.playerOptions(a)}); err != nil {
		return err
	}
	a.Awake = now
	return s.saveAccount(a.remember(now))
}

func (h Host) change(change func(*account, *accountChange) error) error {
	return h.spotify.changeAccount(h.account, change)
}

// ensureActiveDevice activates a device if none is active, like pressing play in an app: one that fell asleep, or else
// the first.
func (a *account) ensureActiveDevice() error {
	if activeIndex(a.Devices) >= 0 {
		return nil
	}
	at := slices.IndexFunc(a.Devices, func(d Device) bool { return d.Asleep })
	if at < 0 {
		at = slices.IndexFunc(a.Devices, func(d Device) bool { return !d.Gone })
	}
	if at < 0 {
		return errors.New("all apps are closed")
	}
	a.wake(at)
	a.Devices = activate(a.Devices, at)
	return nil
}

// Pause pauses the player. It has no effect on a player that does not play.
func (h Host) Pause() error {
	return h.change(func(a *account, w *accountChange) error {
		if a.Player.Playing {
			a.Player = a.Player.pause(w.now, "paused")
		}
		return nil
	})
}

// Resume continues the current track, restarts the last one, or starts the first queued one.
func (h Host) Resume() error {
	return h.change(func(a *account, w *accountChange) error {
		if err := a.ensureActiveDevice(); err != nil {
			return err
		}
		switch p := a.Player; {
		case p.isAudible():
		case p.Track == "" && len(p.Queue) == 0:
			return errors.New("there is nothing to resume")
		case p.Track == "":
			a.Player = p.next(w.now, w.options)
		default:
			a.Player = p.resume(w.now, ByHost, w.options)
		}
		return nil
	})
}

// Seek moves to a position in the current track.
func (h Host) Seek(to time.Duration) error {
	return h.change(func(a *account, w *accountChange) error {
		if a.Player.By == "" {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.seek(min(max(0, to), w.options.length(a.Player.Track)), w.now)
		return nil
	})
}

// Skip starts the next track.
func (h Host) Skip() error {
	return h.change(func(a *account, w *accountChange) error {
		if err := a.ensureActiveDevice(); err != nil {
			return err
		}
		a.Player = a.Player.next(w.now, w.options)
		return nil
	})
}

// PlayURI starts a track that the host chose. Queued tracks follow it.
func (h Host) PlayURI(uri string) error {
	return h.change(func(a *account, w *accountChange) error {
		ids, err := w.playableIDs(uri)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return fmt.Errorf("%s is not playable", uri)
		}
		if err := a.ensureActiveDevice(); err != nil {
			return err
		}
		a.Player = a.Player.play(ids, 0, "", ByHost, w.now, w.options)
		return nil
	})
}

// PlayPlaylist starts a playlist or an album at an index, which counts from 0.
func (h Host) PlayPlaylist(uri string, at int) error {
	return h.change(func(a *account, w *accountChange) error {
		ids, err := w.contextTracks(w.state, uri)
		if err != nil {
			return err
		}
		if at < 0 || at >= len(ids) {
			return fmt.Errorf("%s has %d playable tracks, and none at index %d", uri, len(ids), at)
		}
		if err := a.ensureActiveDevice(); err != nil {
			return err
		}
		a.Player = a.Player.play(ids, at, uri, ByHost, w.now, w.options)
		return nil
	})
}

// Transfer moves playback to another device, where it continues unchanged.
func (h Host) Transfer(deviceID string) error {
	return h.change(func(a *account, _ *accountChange) error {
		at := deviceIndex(a.Devices, deviceID)
		if at < 0 {
			return fmt.Errorf("there is no device %q", deviceID)
		}
		a.Devices = activate(a.Devices, at)
		return nil
	})
}

// CloseApp switches off the active device, or all devices if none is active. The music stops, and the device is no
// longer listed.
func (h Host) CloseApp() error {
	return h.change(func(a *account, w *accountChange) error {
		at := activeIndex(a.Devices)
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

// OpenApp switches all devices on again, and wakes those that fell asleep. None of them is active until something
// plays.
func (h Host) OpenApp() error {
	return h.change(func(a *account, _ *accountChange) error {
		for i := range a.Devices {
			a.wake(i)
		}
		return nil
	})
}

// AddDevice adds a device and returns its ID, which is generated if none is given. An active device takes over
// playback.
func (h Host) AddDevice(d Device) (id string, err error) {
	made := newDevice(d.Name, d.Type)
	if d.ID == "" {
		d.ID = made.ID
	}
	if strings.TrimSpace(d.Name) == "" || d.Type == "" {
		return "", errors.New("a device needs a name and a type")
	}
	return d.ID, h.change(func(a *account, _ *accountChange) error {
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

// RemoveDevice removes a device. If it was active, the music stops.
func (h Host) RemoveDevice(id string) error {
	return h.change(func(a *account, w *accountChange) error {
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

// ChangeDevice changes the properties of a device. Its ID cannot be changed.
func (h Host) ChangeDevice(id string, change func(*Device)) error {
	return h.change(func(a *account, w *accountChange) error {
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
		if activeIndex(a.Devices) < 0 && a.Player.Playing {
			a.Player = a.Player.pause(w.now, "closed")
		}
		return nil
	})
}

// Devices returns the account's devices, including those that are switched off.
func (h Host) Devices() []Device {
	h.spotify.mu.Lock()
	defer h.spotify.mu.Unlock()
	return slices.Clone(h.spotify.state.Accounts[h.account].Devices)
}

// SetVolume sets the volume of the active device, in percent.
func (h Host) SetVolume(percent int) error {
	return h.change(func(a *account, _ *accountChange) error {
		at := activeIndex(a.Devices)
		if at < 0 || percent < 0 || percent > 100 {
			return fmt.Errorf("the volume cannot be set to %d %%", percent)
		}
		a.Devices = slices.Clone(a.Devices)
		a.Devices[at].Volume = &percent
		return nil
	})
}

// Vanish simulates an app that loses its connection while it plays. Nothing is audible, but the state still has
// is_playing, and its progress grows beyond the end of the song without limit, until a command starts something or the
// host resumes.
func (h Host) Vanish() error { return h.stall("vanished") }

// Freeze simulates an app that hangs while it plays. Nothing is audible, but the state still has is_playing, and its
// progress does not change.
func (h Host) Freeze() error { return h.stall("frozen") }

func (h Host) stall(how string) error {
	return h.change(func(a *account, w *accountChange) error {
		if !a.Player.isAudible() {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.stall(how, w.now)
		return nil
	})
}
