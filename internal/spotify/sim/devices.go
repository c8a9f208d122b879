package sim

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
)

// Device is one of an account's players: an app, a speaker. At most one is active.
type Device struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"` // as in the Web API: "Computer", "Smartphone", "Speaker"
	Active bool   `json:"active"`
	// Restricted devices accept no command of the Web API.
	Restricted bool `json:"restricted,omitempty"`
	// Private is a private session: while it is active the player's state is 204.
	Private bool `json:"private,omitempty"`
	// Volume in percent; nil is shown as null.
	Volume *int `json:"volume,omitempty"`
	// FixedVolume devices refuse to be turned up or down.
	FixedVolume bool `json:"fixed_volume,omitempty"`
	// WithoutID shows the id as null, which the reference allows.
	WithoutID bool `json:"without_id,omitempty"`
	// Gone devices are switched off, and not listed.
	Gone bool `json:"gone,omitempty"`
}

func newDevice(name, kind string) Device {
	volume := 60
	return Device{ID: strings.ToLower(rand.Text()), Name: name, Type: kind, Volume: &volume}
}

// active is the index of the active device, -1 if none is.
func active(devices []Device) int {
	return slices.IndexFunc(devices, func(d Device) bool { return d.Active && !d.Gone })
}

func present(devices []Device, id string) int {
	return slices.IndexFunc(devices, func(d Device) bool { return d.ID == id && !d.Gone })
}

// activate makes one device the active one; -1 none.
func activate(devices []Device, index int) []Device {
	devices = slices.Clone(devices)
	for i := range devices {
		devices[i].Active = i == index
	}
	return devices
}

// target finds the device of a command: the one it names, which becomes the active one, or the one that is active.
func (c *call) target() error {
	id := c.URL.Query().Get("device_id")
	if id != "" {
		return c.activate(id)
	}
	at := active(c.account.Devices)
	if at < 0 {
		return noActiveDevice()
	}
	return controllable(c.account.Devices[at])
}

func (c *call) activate(id string) error {
	at := present(c.account.Devices, id)
	if at < 0 || c.account.Devices[at].WithoutID {
		return deviceNotFound()
	}
	if err := controllable(c.account.Devices[at]); err != nil {
		return err
	}
	c.account.Devices = activate(c.account.Devices, at)
	return nil
}

func controllable(d Device) error {
	if d.Restricted {
		return restricted()
	}
	return nil
}

// volume is PUT me/player/volume.
func volume(c *call) error {
	percent, ok := number(c.URL.Query(), "volume_percent", -1, 100)
	if !ok || percent < 0 {
		return badRequest("Invalid volume_percent")
	}
	if err := c.target(); err != nil {
		return err
	}
	at := active(c.account.Devices)
	if c.account.Devices[at].FixedVolume {
		return apiError{
			Status: http.StatusForbidden, Message: "Player command failed: Cannot control device volume", Reason: "VOLUME_CONTROL_DISALLOW",
		}
	}
	c.account.Devices = slices.Clone(c.account.Devices)
	c.account.Devices[at].Volume = &percent
	return nil
}
