package sim

import (
	"fmt"
	"time"
)

func lookTroubles() map[string]func(draw) Trouble {
	player := []string{"device", "item", "progress_ms", "context", "timestamp", "is_playing"}
	all := map[string]func(draw) Trouble{
		"look without a field": func(d draw) Trouble {
			return d.look(Look{Kind: oneOf(d, LookNull, LookMissing), Field: oneOf(d, player...)})
		},
		"queue without a field": func(d draw) Trouble {
			return d.look(Look{
				Kind: oneOf(d, LookNull, LookMissing), Field: oneOf(d, "currently_playing", "queue"), Queue: true,
			})
		},
	}
	for _, kind := range append(playerLooks(), LookStale, LookRepeated, LookNothing) {
		all["look "+kind] = func(d draw) Trouble { return d.look(Look{Kind: kind, Age: d.upTo(10 * time.Second)}) }
	}
	for _, kind := range append(queueLooks(), LookStale, LookRepeated, LookNothing) {
		all["queue "+kind] = func(d draw) Trouble {
			return d.look(Look{Kind: kind, Age: d.upTo(10 * time.Second), Queue: true})
		}
	}
	return all
}

// switchTroubles returns troubles that last until EndTroubles or until they are drawn again, which may end them.
func switchTroubles() map[string]func(draw) Trouble {
	set := func(choose func(draw) (string, func(*Switches))) func(draw) Trouble {
		return func(d draw) Trouble {
			detail, change := choose(d)
			return Trouble{Detail: detail, begin: func(s *Spotify, h Host) error { return s.ChangeSwitches(h.account, change) }}
		}
	}
	return map[string]func(draw) Trouble{
		"crossfade": set(func(d draw) (string, func(*Switches)) {
			by := time.Duration(d.IntN(13)) * time.Second
			return by.String(), func(s *Switches) { s.Crossfade = by }
		}),
		"automix": set(func(d draw) (string, func(*Switches)) {
			by := time.Duration(d.IntN(10)) * time.Second
			return by.String(), func(s *Switches) { s.Automix = by }
		}),
		"autoplay": set(func(d draw) (string, func(*Switches)) {
			on := d.IntN(2) == 0
			return fmt.Sprint(on), func(s *Switches) { s.Autoplay = on }
		}),
		"ads between songs": set(func(d draw) (string, func(*Switches)) {
			length := time.Duration(d.IntN(2)) * d.upTo(min(d.Longest, time.Minute))
			return length.String(), func(s *Switches) { s.AdBetween = length }
		}),
		"stuck at the end": set(func(d draw) (string, func(*Switches)) {
			on := d.IntN(2) == 0
			return fmt.Sprint(on), func(s *Switches) { s.EndStuck = on }
		}),
		"device falls asleep": set(func(d draw) (string, func(*Switches)) {
			idle, listed, newID := d.upTo(d.Longest), d.IntN(2) == 0, d.IntN(2) == 0
			return fmt.Sprint(idle, listed, newID), func(s *Switches) {
				s.SleepAfter, s.SleepListed, s.SleepNewID = idle, listed, newID
			}
		}),
		"broken song": func(d draw) Trouble {
			how := oneOf(d, brokenKinds()...)
			return Trouble{Detail: how, begin: func(s *Spotify, _ Host) error { return s.BreakTrack(d.song(s), how) }}
		},
		"long texts": func(d draw) Trouble {
			names, urls := d.IntN(3000), d.IntN(3000)
			return Trouble{Detail: fmt.Sprint(names, urls), begin: func(s *Spotify, _ Host) error {
				return s.ChangeAppSwitches(func(app *AppSwitches) { app.LongNames, app.LongURLs = names, urls })
			}}
		},
	}
}

// hostTroubles returns what the host does in Spotify's app, and what happens to it.
func hostTroubles() map[string]func(draw) Trouble {
	does := func(act func(draw, Host) error) func(draw) Trouble {
		return func(d draw) Trouble {
			return Trouble{begin: func(_ *Spotify, h Host) error { return act(d, h) }}
		}
	}
	short := func(d draw) time.Duration { return d.upTo(d.Longest) }
	return map[string]func(draw) Trouble{
		"host sets repeat": does(func(d draw, h Host) error {
			return h.Repeat(oneOf(d, "track", "context", "off"))
		}),
		"host sets shuffle": does(func(d draw, h Host) error { return h.Shuffle(d.IntN(2) == 0) }),
		"host skips":        does(func(_ draw, h Host) error { return h.Skip() }),
		"host goes back":    does(func(_ draw, h Host) error { return h.Previous() }),
		"host seeks":        does(func(d draw, h Host) error { return h.Seek(d.upTo(5 * time.Minute)) }),
		"host pauses":       does(func(_ draw, h Host) error { return h.Pause() }),
		"host resumes":      does(func(_ draw, h Host) error { return h.Resume() }),
		"advertisement":     does(func(d draw, h Host) error { return h.PlayAdvertisement(short(d)) }),
		"episode":           does(func(d draw, h Host) error { return h.PlayEpisode(short(d)) }),
		"local file":        does(func(d draw, h Host) error { return h.PlayLocalFile(short(d)) }),
		"unknown item":      does(func(d draw, h Host) error { return h.PlayUnknown(short(d)) }),
		"app vanishes":      does(func(_ draw, h Host) error { return h.Vanish() }),
		"app hangs":         does(func(_ draw, h Host) error { return h.Freeze() }),
		"app closes":        does(func(_ draw, h Host) error { return h.CloseApp() }),
		"app opens":         does(func(_ draw, h Host) error { return h.OpenApp() }),
		"odd device":        does(changeDevice),
	}
}

// changeDevice makes the first device private, restricted or without volume, or puts it right.
func changeDevice(d draw, h Host) error {
	devices := h.Devices()
	if len(devices) == 0 {
		return fmt.Errorf("the account %q has no device", h.account)
	}
	private, isRestricted, fixed, withoutID := d.IntN(4) == 0, d.IntN(4) == 0, d.IntN(4) == 0, d.IntN(8) == 0
	return h.ChangeDevice(devices[0].ID, func(device *Device) {
		device.Private, device.Restricted, device.FixedVolume, device.WithoutID = private, isRestricted, fixed, withoutID
	})
}
