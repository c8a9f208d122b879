package sim

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
)

// Device is a device that an account can play on, such as an app or a speaker. At most one of them is active.
type Device struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"` // as in the Web API: "Computer", "Smartphone", "Speaker"
	Active bool   `json:"active"`
	// Restricted devices accept no commands of the Web API.
	Restricted bool `json:"restricted,omitempty"`
	// Private means a private session: while the device is active, GET /v1/me/player responds 204.
	Private bool `json:"private,omitempty"`
	// Volume is in percent. Nil is sent as null.
	Volume *int `json:"volume,omitempty"`
	// FixedVolume devices refuse to change their volume.
	FixedVolume bool `json:"fixed_volume,omitempty"`
	// WithoutID sends the id as null, which the reference allows.
	WithoutID bool `json:"without_id,omitempty"`
	// Gone devices are switched off and not listed.
	Gone bool `json:"gone,omitempty"`
	// Asleep devices are Gone until the host wakes them, see Switches.SleepAfter.
	Asleep bool `json:"asleep,omitempty"`
}

func newDevice(name, kind string) Device {
	volume := 60
	return Device{ID: strings.ToLower(rand.Text()), Name: name, Type: kind, Volume: &volume}
}

// activeIndex returns the index of the active device, and -1 if none is active.
func activeIndex(devices []Device) int {
	return slices.IndexFunc(devices, func(d Device) bool { return d.Active && !d.Gone })
}

// deviceIndex returns the index of a device that is switched on, and -1 if there is none with this ID.
func deviceIndex(devices []Device, id string) int {
	return slices.IndexFunc(devices, func(d Device) bool { return d.ID == id && !d.Gone })
}

// activate returns the devices with only the one at index active, or none if index is -1.
func activate(devices []Device, index int) []Device {
	devices = slices.Clone(devices)
	for i := range devices {
		devices[i].Active = i == index
	}
	return devices
}

// selectDevice selects the device of a command: the one that the request names, which becomes active, or else the
// active one.
func (c *call) selectDevice() error {
	id := c.URL.Query().Get("device_id")
	if id != "" {
		return c.activate(id)
	}
	at := activeIndex(c.account.Devices)
	if at < 0 {
		return noActiveDevice()
	}
	return checkControllable(c.account.Devices[at])
}

// activate makes a device the active one.
func (c *call) activate(id string) error {
	at := deviceIndex(c.account.Devices, id)
	if at < 0 || c.account.Devices[at].WithoutID {
		return deviceNotFound()
	}
	if err := checkControllable(c.account.Devices[at]); err != nil {
		return err
	}
	c.account.Devices, c.account.Awake = activate(c.account.Devices, at), c.now
	return nil
}

func checkControllable(d Device) error {
	if d.Restricted {
		return restricted()
	}
	return nil
}

// volume serves PUT me/player/volume.
func volume(c *call) error {
	percent, ok := intParameter(c.URL.Query(), "volume_percent", -1, 100)
	if !ok || percent < 0 {
		return badRequest("Invalid volume_percent")
	}
	if err := c.selectDevice(); err != nil {
		return err
	}
	at := activeIndex(c.account.Devices)
	if c.account.Devices[at].FixedVolume {
		const message = "Player command failed: Cannot control device volume"
		return apiError{Status: http.StatusForbidden, Message: message, Reason: "VOLUME_CONTROL_DISALLOW"}
	}
	c.account.Devices = slices.Clone(c.account.Devices)
	c.account.Devices[at].Volume = &percent
	return nil
}
