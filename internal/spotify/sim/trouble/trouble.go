// Package trouble draws at random what goes wrong at a simulated Spotify or in its hosts' apps.
package trouble

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// Bounds limit what a Trouble may do. Zero values stand for the defaults.
type Bounds struct {
	Kinds   []string      // the kinds to draw from; default: all of Kinds
	Longest time.Duration // how long it lasts at most, where it lasts for a time; default: a minute
	Most    int           // how many requests it affects at most, where it affects a number of them; default: 5
	Songs   []string      // the URIs of the songs that may be refused or broken; default: all of the catalogue
}

// Trouble is something that may go wrong at Spotify or in the host's apps. Draw chooses one.
type Trouble struct {
	Kind   string // one of Kinds
	Detail string // what exactly, for a log

	begin func(s *sim.Spotify, accountID string) error
}

// draw makes random choices within bounds. It has random numbers of its own, as some choices are made in Begin.
type draw struct {
	*rand.Rand
	Bounds
}

// Kinds returns the kinds of troubles, in alphabetical order.
func Kinds() []string { return slices.Sorted(maps.Keys(troubles())) }

// Draw returns a random trouble. The same random numbers yield the same one.
func Draw(r *rand.Rand, b Bounds) (Trouble, error) {
	if len(b.Kinds) == 0 {
		b.Kinds = Kinds()
	}
	if b.Longest <= 0 {
		b.Longest = time.Minute
	}
	if b.Most <= 0 {
		b.Most = 5
	}
	kind := b.Kinds[r.IntN(len(b.Kinds))]
	choose, ok := troubles()[kind]
	if !ok {
		return Trouble{}, fmt.Errorf("there is no trouble %q; the kinds are %q", kind, Kinds())
	}
	t := choose(draw{rand.New(rand.NewPCG(r.Uint64(), r.Uint64())), b})
	t.Kind = kind
	return t, nil
}

// Begin lets a trouble happen to an account, and to the app as a whole where it cannot be limited to one account. It
// returns an error if it is impossible at present, such as an advertisement while nothing plays.
func (t Trouble) Begin(s *sim.Spotify, accountID string) error { return t.begin(s, accountID) }

// End ends everything that a Trouble can have begun: it clears all faults and looks, repairs all tracks, and
// resets the switches and the properties of devices that troubles change. What the host has played remains.
func End(s *sim.Spotify, accountID string) error {
	s.ClearFaults()
	s.ClearLooks()
	err := errors.Join(
		s.RepairTracks(),
		s.ChangeAppSwitches(func(app *sim.AppSwitches) { app.LongNames, app.LongURLs = 0, 0 }),
		s.ChangeSwitches(accountID, func(sw *sim.Switches) {
			sw.Crossfade, sw.Automix, sw.AdBetween, sw.SleepAfter = 0, 0, 0, 0
			sw.Autoplay, sw.EndStuck, sw.SleepListed, sw.SleepNewID = false, false, false, false
		}),
	)
	for _, device := range s.Host(accountID).Devices() {
		err = errors.Join(err, s.Host(accountID).ChangeDevice(device.ID, func(d *sim.Device) {
			d.Private, d.Restricted, d.FixedVolume, d.WithoutID = false, false, false, false
			d.Gone, d.Asleep = d.Gone && !d.Asleep, false
		}))
	}
	return err
}

// troubles returns, by kind, the functions that choose a trouble of that kind.
func troubles() map[string]func(draw) Trouble {
	all := map[string]func(draw) Trouble{}
	for _, part := range []map[string]func(draw) Trouble{
		faultTroubles(), lookTroubles(), switchTroubles(), hostTroubles(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// oneOf returns a random element.
func oneOf[T any](d draw, from ...T) T { return from[d.IntN(len(from))] }

// upTo returns a duration from one millisecond to most.
func (d draw) upTo(most time.Duration) time.Duration {
	return time.Duration(1+d.Int64N(max(1, most.Milliseconds()))) * time.Millisecond
}

// song returns the URI of a random song.
func (d draw) song(s *sim.Spotify) string {
	if len(d.Songs) > 0 {
		return oneOf(d, d.Songs...)
	}
	return oneOf(d, s.Catalogue()...).URI
}

// fault returns a fault as a trouble, for some requests or for a time.
func (d draw) fault(f sim.Fault) Trouble {
	if d.IntN(2) == 0 {
		f.Times = 1 + d.IntN(d.Most)
	} else {
		f.For = d.upTo(d.Longest)
	}
	return fixedFault(f)
}

func fixedFault(f sim.Fault) Trouble {
	return Trouble{Detail: fmt.Sprintf("%+v", f), begin: func(s *sim.Spotify, _ string) error {
		s.InjectFault(f)
		return nil
	}}
}

// look returns a look as a trouble, for some requests, or for a time and a share of the requests.
func (d draw) look(l sim.Look) Trouble {
	if d.IntN(2) == 0 {
		l.Times = 1 + d.IntN(d.Most)
	} else {
		l.For, l.Probability = d.upTo(d.Longest), oneOf(d, 0.2, 0.5, 1)
	}
	return Trouble{Detail: fmt.Sprintf("%+v", l), begin: func(s *sim.Spotify, accountID string) error {
		l.Account = accountID
		return s.InjectLook(l)
	}}
}

// endpoint returns the path of a random endpoint of the player, or that of all, and whether it is exact.
func (d draw) endpoint() (path string, exact bool) {
	path = oneOf(d, "/v1/", "/v1/me/player", "/v1/me/player", "/v1/me/player/queue", "/v1/me/player/play")
	return path, path == "/v1/me/player" && d.IntN(2) == 0
}

func faultTroubles() map[string]func(draw) Trouble {
	on := func(choose func(draw) sim.Fault) func(draw) Trouble {
		return func(d draw) Trouble {
			f := choose(d)
			if f.Path == "" {
				f.Path, f.Exact = d.endpoint()
			}
			return d.fault(f)
		}
	}
	return map[string]func(draw) Trouble{
		"401 burst": on(func(draw) sim.Fault { return sim.Fault{Status: 401, Message: "The access token expired"} }),
		"403 burst": on(func(d draw) sim.Fault {
			return sim.Fault{Status: 403, Reason: oneOf(d, "PREMIUM_REQUIRED", "NO_ACTIVE_DEVICE", "UNKNOWN", "")}
		}),
		"server errors": on(func(d draw) sim.Fault {
			return sim.Fault{Status: oneOf(d, 500, 502, 503, 504), HTML: d.IntN(2) == 0, AfterApplying: d.IntN(3) == 0}
		}),
		"connection cut": on(func(d draw) sim.Fault { return sim.Fault{AfterApplying: d.IntN(2) == 0} }),
		"hang": on(func(d draw) sim.Fault {
			return sim.Fault{Delay: d.upTo(d.Longest), AfterApplying: d.IntN(2) == 0}
		}),
		"429": func(d draw) Trouble {
			return fixedFault(sim.Fault{Status: http.StatusTooManyRequests, RetryAfter: d.upTo(d.Longest)})
		},
		"429 in an odd form": func(d draw) Trouble {
			return fixedFault(sim.Fault{Status: http.StatusTooManyRequests, RetryAfterText: oneOf(d, oddRetryAfter()...)})
		},
		"token endpoint": on(func(d draw) sim.Fault {
			f := oneOf(d,
				sim.Fault{Status: 400, Reason: "invalid_client"}, sim.Fault{Status: 500}, sim.Fault{Delay: 30 * time.Second})
			f.Path = "/api/token"
			return f
		}),
		"authorization lost": func(draw) Trouble {
			return fixedFault(sim.Fault{Path: "/api/token", Status: 400, Reason: "invalid_grant"})
		},
		"odd body": on(func(d draw) sim.Fault {
			body := oneOf(d, "truncated", "slow", "endless")
			return sim.Fault{Method: http.MethodGet, Body: body, Delay: d.upTo(20 * time.Second)}
		}),
		"odd content type":    on(func(draw) sim.Fault { return sim.Fault{Body: "real", ContentType: "text/html"} }),
		"applied after a 502": on(applied),
		"song refused":        refusedSong,
	}
}

func applied(d draw) sim.Fault {
	return sim.Fault{
		Method: oneOf(d, http.MethodPut, http.MethodPost), Path: "/v1/me/player/", Status: oneOf(d, 502, 504),
		AppliedAfter: 3*time.Second + d.upTo(3*time.Second),
	}
}

// refusedSong returns a trouble in which Spotify refuses one song each time.
func refusedSong(d draw) Trouble {
	f := sim.Fault{Status: oneOf(d, 403, 403, 404, 400, 500, 502), Times: -1}
	if f.Status == http.StatusForbidden {
		f.Reason = oneOf(d, "UNKNOWN", "")
	}
	return Trouble{Detail: fmt.Sprintf("%+v", f), begin: func(s *sim.Spotify, _ string) error {
		f.URI = d.song(s)
		s.InjectFault(f)
		return nil
	}}
}

// oddRetryAfter returns the short forms of the header. Longer ones, such as dates and large numbers, could stop the
// music for a day.
func oddRetryAfter() []string {
	return slices.DeleteFunc(sim.RetryAfterForms(), func(form string) bool { return len(form) > 4 })
}
