package sim

import (
	"slices"
	"strings"
	"time"
)

// sleepIfIdle returns the account, with its active device asleep if the player has not played for SleepAfter.
func (a account) sleepIfIdle(now time.Time) account {
	since := a.Player.Since
	if a.Awake.After(since) {
		since = a.Awake
	}
	at := activeIndex(a.Devices)
	if a.Switches.SleepAfter <= 0 || a.Player.Playing || at < 0 || now.Before(since.Add(a.Switches.SleepAfter)) {
		return a
	}
	a.Devices = activate(a.Devices, -1)
	a.Devices[at].Asleep, a.Devices[at].Gone = true, !a.Switches.SleepListed
	if a.Switches.SleepListed {
		a.wake(at)
	}
	return a
}

// wake switches on a device that fell asleep. Its ID may be another one afterwards.
func (a *account) wake(index int) {
	a.Devices = slices.Clone(a.Devices)
	d := &a.Devices[index]
	if d.Asleep && a.Switches.SleepNewID {
		d.ID = strings.ToLower(base62("device", d.ID)) // not random, because each read computes the state again
	}
	d.Asleep, d.Gone = false, false
}
