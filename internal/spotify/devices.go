package spotify

import (
	"context"

	zmb3 "github.com/zmb3/spotify/v2"

	"antwon.dj/backend/internal/party"
)

// device is the zmb3 library's type with a volume that may be null, which the library reads as 0, and with what the
// library leaves out.
type device struct {
	zmb3.PlayerDevice
	Volume         *zmb3.Numeric `json:"volume_percent"`
	SupportsVolume *bool         `json:"supports_volume"`
}

// toDevice converts a device, and returns nil for the empty device of a response of 204. A device may have no id.
func toDevice(d device) *party.Device {
	if d == (device{}) {
		return nil
	}
	return &party.Device{
		ID: string(d.ID), Name: d.Name, Type: d.Type, IsActive: d.Active, IsRestricted: d.Restricted,
		FixedVolume: d.SupportsVolume != nil && !*d.SupportsVolume, VolumePercent: (*int)(d.Volume),
	}
}

// Devices implements playback.Player. The list may be up to five seconds old, and callers must not modify it.
func (c *Client) Devices(ctx context.Context, hostID string) ([]party.Device, error) {
	devices, failed := c.cachedDevices(ctx, hostID)
	return devices, failed.fault()
}

// HostDevices implements jukebox.Catalog. The list may be up to five seconds old, and callers must not modify it.
func (c *Client) HostDevices(ctx context.Context, hostID string) ([]party.Device, error) {
	devices, failed := c.cachedDevices(ctx, hostID)
	if failed != nil {
		return nil, failed.catalogError()
	}
	return devices, nil
}

func (c *Client) cachedDevices(ctx context.Context, hostID string) ([]party.Device, *failure) {
	return c.devices.getOrFetch(ctx, hostID, func(ctx context.Context) (devices []party.Device, failed *failure) {
		var answer struct{ Devices []device }
		devices = []party.Device{} // no devices are an empty list, and not null
		failed = c.jsonCall(ctx, hostID, "devices", control, get("me/player/devices", nil), &answer)
		for _, d := range answer.Devices {
			if known := toDevice(d); known != nil {
				devices = append(devices, *known)
			}
		}
		return devices, failed
	})
}

// Transfer implements playback.Player.
func (c *Client) Transfer(ctx context.Context, hostID, deviceID string, play bool) error {
	defer c.invalidateDevices(hostID) // another device is active now
	return c.libraryCall(hostID, "transfer", control, func(api *zmb3.Client) error {
		return api.TransferPlayback(ctx, zmb3.ID(deviceID), play)
	}).fault()
}

// SetVolume implements playback.Player.
func (c *Client) SetVolume(ctx context.Context, hostID string, percent int) error {
	defer c.invalidateDevices(hostID)
	return c.libraryCall(hostID, "volume", control, func(api *zmb3.Client) error {
		return api.Volume(ctx, percent)
	}).fault()
}

func (c *Client) invalidateDevices(hostID string) { c.devices.entries.Remove(hostID) }
