package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Previous starts the previous track of the list.
func (h Host) Previous() error {
	return h.change(func(a *account, w *accountChange) error {
		p, ok := a.Player.previous(w.now, w.options)
		if !ok {
			return errors.New("there is no previous track")
		}
		a.Player = p
		return a.ensureActiveDevice()
	})
}

// Repeat sets what the player repeats: "track", "context" or "off".
func (h Host) Repeat(mode string) error {
	return h.change(func(a *account, _ *accountChange) error {
		if !slices.Contains([]string{"track", "context", "off"}, mode) {
			return fmt.Errorf("repeat is %q, must be track, context or off", mode)
		}
		a.Player.Repeat = strings.TrimPrefix(mode, "off")
		return nil
	})
}

// Shuffle turns shuffling on or off.
func (h Host) Shuffle(on bool) error {
	return h.change(func(a *account, _ *accountChange) error {
		a.Player = a.Player.shuffle(on)
		return nil
	})
}

// PlayAdvertisement interrupts the current song with an advertisement. Meanwhile the state has no item, and the type
// "ad".
func (h Host) PlayAdvertisement(length time.Duration) error { return h.interrupt("ad", length) }

// PlayEpisode interrupts the current song with a podcast episode. Meanwhile the state has the episode as its item if
// the request asks for episodes, and no item otherwise.
func (h Host) PlayEpisode(length time.Duration) error { return h.interrupt("episode", length) }

// PlayLocalFile interrupts the current song with a file of the host's own. Meanwhile the item of the state has no ID,
// and a URI that nobody else can play.
func (h Host) PlayLocalFile(length time.Duration) error { return h.interrupt("local", length) }

// PlayUnknown interrupts the current song with something of the type "unknown", without an item.
func (h Host) PlayUnknown(length time.Duration) error { return h.interrupt("unknown", length) }

func (h Host) interrupt(with string, length time.Duration) error {
	return h.change(func(a *account, w *accountChange) error {
		if !a.Player.isAudible() || length <= 0 {
			return errors.New("nothing plays")
		}
		a.Player = a.Player.interrupt(with, length, w.now)
		return nil
	})
}
