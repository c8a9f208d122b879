package scenarios_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// app is Spotify's app, used by the host.
type app struct {
	t       testing.TB
	spotify *spotifyServer
	account sim.Account
	host    sim.Host
}

func (a app) pause()                  { must(a.t, a.host.Pause()) }
func (a app) resume()                 { must(a.t, a.host.Resume()) }
func (a app) skip()                   { must(a.t, a.host.Skip()) }
func (a app) seek(to time.Duration)   { must(a.t, a.host.Seek(to)) }
func (a app) play(track sim.Track)    { must(a.t, a.host.PlayURI(track.URI)) }
func (a app) close()                  { must(a.t, a.host.CloseApp()) }
func (a app) open()                   { must(a.t, a.host.OpenApp()) }
func (a app) vanish()                 { must(a.t, a.host.Vanish()) }
func (a app) freeze()                 { must(a.t, a.host.Freeze()) }
func (a app) ad(d time.Duration)      { must(a.t, a.host.PlayAdvertisement(d)) }
func (a app) episode(d time.Duration) { must(a.t, a.host.PlayEpisode(d)) }
func (a app) transfer(device string)  { must(a.t, a.host.Transfer(device)) }

// speaker returns the id of the device that the account has from the beginning.
func (a app) speaker() string { return a.host.Devices()[0].ID }

// addDevice adds a device and returns its id.
func (a app) addDevice(d sim.Device) (id string) {
	id, err := a.host.AddDevice(d)
	must(a.t, err)
	return id
}

func (a app) restrict(device string, restricted bool) {
	must(a.t, a.host.ChangeDevice(device, func(d *sim.Device) { d.Restricted = restricted }))
}

// resumeOn transfers playback to a device and resumes it there.
func (a app) resumeOn(device string) {
	a.transfer(device)
	a.resume()
}
