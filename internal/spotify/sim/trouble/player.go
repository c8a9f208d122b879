package trouble

import (
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

func lookTroubles() map[string]func(draw) Trouble {
	player := []string{"device", "item", "progress_ms", "context", "timestamp", "is_playing"}
	all := map[string]func(draw) Trouble{
		"look without a field": func(d draw) Trouble {
			return d.look(sim.Look{Kind: oneOf(d, sim.LookNull, sim.LookMissing), Field: oneOf(d, player...)})
		},
		"queue without a field": func(d draw) Trouble {
			return d.look(sim.Look{
				Kind: oneOf(d, sim.LookNull, sim.LookMissing), Field: oneOf(d, "currently_playing", "queue"), Queue: true,
			})
		},
	}
	for _, kind := range sim.LookKinds() {
		for name, queue := range map[string]bool{"look ": false, "queue ": true} {
			look := sim.Look{Kind: kind, Queue: queue, Age: time.Second}
			if look.Validate() != nil { // it needs a field, or does not exist for this response
				continue
			}
			all[name+kind] = func(d draw) Trouble {
				look.Age = d.upTo(10 * time.Second)
				return d.look(look)
			}
		}
	}
	return all
}

// switchTroubles returns troubles that last until End, or until the same kind is drawn again, perhaps with the value
// that ends it.
func switchTroubles() map[string]func(draw) Trouble {
	set := func(choose func(draw) (string, func(*sim.Switches))) func(draw) Trouble {
		return func(d draw) Trouble {
			detail, change := choose(d)
			return Trouble{Detail: detail, begin: func(s *sim.Spotify, accountID string) error {
				return s.ChangeSwitches(accountID, change)
			}}
		}
	}
	return map[string]func(draw) Trouble{
		"crossfade": set(func(d draw) (string, func(*sim.Switches)) {
			by := time.Duration(d.IntN(13)) * time.Second
			return by.String(), func(s *sim.Switches) { s.Crossfade = by }
		}),
		"automix": set(func(d draw) (string, func(*sim.Switches)) {
			by := time.Duration(d.IntN(10)) * time.Second
			return by.String(), func(s *sim.Switches) { s.Automix = by }
		}),
		"autoplay": set(func(d draw) (string, func(*sim.Switches)) {
			on := d.IntN(2) == 0
			return fmt.Sprint(on), func(s *sim.Switches) { s.Autoplay = on }
		}),
		"ads between songs": set(func(d draw) (string, func(*sim.Switches)) {
			length := time.Duration(d.IntN(2)) * d.upTo(min(d.Longest, time.Minute))
			return length.String(), func(s *sim.Switches) { s.AdBetween = length }
		}),
		"stuck at the end": set(func(d draw) (string, func(*sim.Switches)) {
			on := d.IntN(2) == 0
			return fmt.Sprint(on), func(s *sim.Switches) { s.EndStuck = on }
		}),
		"device falls asleep": set(func(d draw) (string, func(*sim.Switches)) {
			idle, listed, newID := d.upTo(d.Longest), d.IntN(2) == 0, d.IntN(2) == 0
			return fmt.Sprint(idle, listed, newID), func(s *sim.Switches) {
				s.SleepAfter, s.SleepListed, s.SleepNewID = idle, listed, newID
			}
		}),
		"broken song": func(d draw) Trouble {
			how := oneOf(d, sim.BrokenKinds()...)
			return Trouble{Detail: how, begin: func(s *sim.Spotify, _ string) error { return s.BreakTrack(d.song(s), how) }}
		},
		"long texts": func(d draw) Trouble {
			names, urls := d.IntN(3000), d.IntN(3000)
			return Trouble{Detail: fmt.Sprint(names, urls), begin: func(s *sim.Spotify, _ string) error {
				return s.ChangeAppSwitches(func(app *sim.AppSwitches) { app.LongNames, app.LongURLs = names, urls })
			}}
		},
	}
}

// hostTroubles returns troubles that the host causes in Spotify's app, or that happen to the app.
func hostTroubles() map[string]func(draw) Trouble {
	does := func(act func(draw, sim.Host) error) func(draw) Trouble {
		return func(d draw) Trouble {
			return Trouble{begin: func(s *sim.Spotify, accountID string) error { return act(d, s.Host(accountID)) }}
		}
	}
	short := func(d draw) time.Duration { return d.upTo(d.Longest) }
	return map[string]func(draw) Trouble{
		"host sets repeat": does(func(d draw, h sim.Host) error {
			return h.Repeat(oneOf(d, "track", "context", "off"))
		}),
		"host sets shuffle": does(func(d draw, h sim.Host) error { return h.Shuffle(d.IntN(2) == 0) }),
		"host skips":        does(func(_ draw, h sim.Host) error { return h.Skip() }),
		"host goes back":    does(func(_ draw, h sim.Host) error { return h.Previous() }),
		"host seeks":        does(func(d draw, h sim.Host) error { return h.Seek(d.upTo(5 * time.Minute)) }),
		"host pauses":       does(func(_ draw, h sim.Host) error { return h.Pause() }),
		"host resumes":      does(func(_ draw, h sim.Host) error { return h.Resume() }),
		"advertisement":     does(func(d draw, h sim.Host) error { return h.PlayAdvertisement(short(d)) }),
		"episode":           does(func(d draw, h sim.Host) error { return h.PlayEpisode(short(d)) }),
		"local file":        does(func(d draw, h sim.Host) error { return h.PlayLocalFile(short(d)) }),
		"unknown item":      does(func(d draw, h sim.Host) error { return h.PlayUnknown(short(d)) }),
		"app vanishes":      does(func(_ draw, h sim.Host) error { return h.Vanish() }),
		"app hangs":         does(func(_ draw, h sim.Host) error { return h.Freeze() }),
		"app closes":        does(func(_ draw, h sim.Host) error { return h.CloseApp() }),
		"app opens":         does(func(_ draw, h sim.Host) error { return h.OpenApp() }),
		"odd device":        does(changeDevice),
	}
}

// changeDevice makes the first device private, restricted, without an ID or with a fixed volume, or ends that.
func changeDevice(d draw, h sim.Host) error {
	devices := h.Devices()
	if len(devices) == 0 {
		return errors.New("the account has no device")
	}
	private, isRestricted, fixed, withoutID := d.IntN(4) == 0, d.IntN(4) == 0, d.IntN(4) == 0, d.IntN(8) == 0
	return h.ChangeDevice(devices[0].ID, func(device *sim.Device) {
		device.Private, device.Restricted, device.FixedVolume, device.WithoutID = private, isRestricted, fixed, withoutID
	})
}
