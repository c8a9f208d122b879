package control

import (
	"fmt"
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// action is the body of POST /control/accounts/{id}/host.
type action struct {
	Action   string       `json:"action"`
	URI      string       `json:"uri"`
	At       int          `json:"at"`
	Position textDuration `json:"position"`
	Length   textDuration `json:"length"`
	Device   string       `json:"device"`
	New      *sim.Device  `json:"new"`
	Percent  int          `json:"percent"`
	Mode     string       `json:"mode"`
	On       bool         `json:"on"`
}

func (s controller) host(r *http.Request) (any, error) {
	var a action
	if err := decodeBody(r, &a); err != nil {
		return nil, err
	}
	if err := a.perform(s.Host(r.PathValue("id"))); err != nil {
		return nil, err
	}
	return s.account(r)
}

// perform carries out the action on behalf of the host.
func (a action) perform(h sim.Host) error {
	simple, ok := map[string]func() error{
		"pause": h.Pause, "resume": h.Resume, "skip": h.Skip, "close-app": h.CloseApp, "open-app": h.OpenApp,
		"vanish": h.Vanish, "freeze": h.Freeze, "previous": h.Previous,
	}[a.Action]
	if ok {
		return simple()
	}
	switch a.Action {
	case "seek":
		return h.Seek(time.Duration(a.Position))
	case "play":
		return h.PlayURI(a.URI)
	case "play-playlist":
		return h.PlayPlaylist(a.URI, a.At)
	case "volume":
		return h.SetVolume(a.Percent)
	case "advertise":
		return h.PlayAdvertisement(time.Duration(a.Length))
	case "episode":
		return h.PlayEpisode(time.Duration(a.Length))
	case "local-file":
		return h.PlayLocalFile(time.Duration(a.Length))
	case "unknown":
		return h.PlayUnknown(time.Duration(a.Length))
	case "repeat":
		return h.Repeat(a.Mode)
	case "shuffle":
		return h.Shuffle(a.On)
	}
	return a.performOnDevice(h)
}

// performOnDevice carries out those actions that name a device.
func (a action) performOnDevice(h sim.Host) error {
	switch {
	case a.Action == "transfer":
		return h.Transfer(a.Device)
	case a.Action == "remove-device":
		return h.RemoveDevice(a.Device)
	case a.Action == "add-device" && a.New != nil:
		_, err := h.AddDevice(*a.New)
		return err
	case a.Action == "set-device" && a.New != nil:
		return h.ChangeDevice(a.New.ID, func(d *sim.Device) { *d = *a.New })
	}
	return fmt.Errorf("unknown action %q, or a missing parameter: GET /control/ lists the actions", a.Action)
}
