package spotify

import (
	"context"
	"net/http"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
)

// device is the library's, but for a volume that may be null. The library reads null as 0.
type device struct {
	zmb3.PlayerDevice
	Volume *zmb3.Numeric `json:"volume_percent"`
}

// deviceOf returns nil for the empty device of a 204. A device may have no id.
func deviceOf(d device) *party.Device {
	if d == (device{}) {
		return nil
	}
	return &party.Device{
		ID: string(d.ID), Name: d.Name, Type: d.Type, IsActive: d.Active, IsRestricted: d.Restricted, VolumePercent: (*int)(d.Volume),
	}
}

// Devices implements playback.Player. The answer may be five seconds old, and nobody may change it.
func (c *Client) Devices(ctx context.Context, hostID string) ([]party.Device, error) {
	devices, failed := c.knownDevices(ctx, hostID)
	return devices, failed.fault()
}

// HostDevices implements jukebox.Catalog. The answer may be five seconds old, and nobody may change it.
func (c *Client) HostDevices(ctx context.Context, hostID string) ([]party.Device, error) {
	devices, failed := c.knownDevices(ctx, hostID)
	if failed != nil {
		return nil, failed.unavailable()
	}
	return devices, nil
}

func (c *Client) knownDevices(ctx context.Context, hostID string) ([]party.Device, *failure) {
	return c.devices.ask(ctx, hostID, func(ctx context.Context) (devices []party.Device, failed *failure) {
		var answer struct{ Devices []device }
		devices = []party.Device{} // none is an empty list, and not unknown
		failed = c.ask(ctx, hostID, "devices", control, request{method: http.MethodGet, path: "me/player/devices"}, &answer)
		for _, d := range answer.Devices {
			if known := deviceOf(d); known != nil {
				devices = append(devices, *known)
			}
		}
		return devices, failed
	})
}

// Transfer implements playback.Player.
func (c *Client) Transfer(ctx context.Context, hostID, deviceID string, play bool) error {
	defer c.forgetDevices(hostID) // one or another is active now
	return c.call(hostID, "transfer", control, func(api *zmb3.Client) error {
		return api.TransferPlayback(ctx, zmb3.ID(deviceID), play)
	}).fault()
}

func (c *Client) forgetDevices(hostID string) { c.devices.answers.Remove(hostID) }
