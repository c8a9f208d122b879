package sim

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

const trackURI = "spotify:track:"

// The bodies of refused player commands, as apps have seen them.

func noActiveDevice() apiError {
	return apiError{http.StatusNotFound, "Player command failed: No active device found", "NO_ACTIVE_DEVICE"}
}

func deviceNotFound() apiError {
	return apiError{Status: http.StatusNotFound, Message: "Device not found"}
}

func restricted() apiError {
	return apiError{http.StatusForbidden, "Player command failed: Restriction violated", "UNKNOWN"}
}

// command makes an endpoint of a function that changes the call's account. The change is saved before it is answered;
// the answer is 200 with an opaque text, which Spotify gives since 2024 where its reference says 204.
func (s *Spotify) command(change func(*call) error) endpoint {
	return func(c *call) (any, error) {
		if err := change(c); err != nil {
			return nil, err
		}
		if err := s.put(c.account); err != nil {
			return nil, err
		}
		return opaque(rand.Text()), nil
	}
}

// play is PUT me/player/play: with uris it starts them, without it resumes, and position_ms says where. A track that
// cannot be played is passed over, and one that is relinked plays as the recording's other release.
func (s *Spotify) play(c *call) error {
	var wish struct {
		URIs       []string `json:"uris"`
		PositionMS *int     `json:"position_ms"`
	}
	if err := c.decode(&wish); err != nil {
		return err
	}
	if wish.PositionMS != nil && *wish.PositionMS < 0 {
		return badRequest("Invalid position_ms")
	}
	ids, err := s.playable(wish.URIs...)
	if err != nil {
		return err
	}
	if err := c.target(); err != nil {
		return err
	}
	p := &c.account.Player
	switch {
	case len(wish.URIs) == 0:
		if err := c.resume(); err != nil {
			return err
		}
	case len(ids) == 0:
		p.List = nil
		*p = p.next(c.now)
		return nil
	default:
		*p = p.play(ids, c.now)
	}
	if wish.PositionMS != nil {
		p.Position = time.Duration(min(*wish.PositionMS, s.catalogue.byID[p.Track].DurationMS)) * time.Millisecond
	}
	return nil
}

// resume goes on where the player was paused or, if nothing played yet, with what was queued.
func (c *call) resume() error {
	p := &c.account.Player
	switch {
	case p.Playing, p.Track == "" && len(p.Queue) == 0:
		return restricted()
	case p.Track == "":
		*p = p.next(c.now)
	default:
		*p = p.resume(c.now)
	}
	return nil
}

func pause(c *call) error {
	if err := c.target(); err != nil {
		return err
	}
	if !c.account.Player.Playing {
		return restricted()
	}
	c.account.Player = c.account.Player.pause(c.now)
	return nil
}

// next is POST me/player/next. Skipping the last track stops the player, as its end would.
func next(c *call) error {
	if err := c.target(); err != nil {
		return err
	}
	if p := c.account.Player; p.Track == "" && len(p.Queue) == 0 {
		return restricted()
	}
	c.account.Player = c.account.Player.next(c.now)
	return nil
}

// enqueue is POST me/player/queue. It does not start a player, and nothing it added can be taken back.
func (s *Spotify) enqueue(c *call) error {
	ids, err := s.playable(c.URL.Query().Get("uri"))
	if err != nil {
		return err
	}
	if err := c.target(); err != nil {
		return err
	}
	for _, id := range ids {
		c.account.Player = c.account.Player.enqueue(id)
	}
	return nil
}

// transfer is PUT me/player, for exactly one device. Without play the player keeps its state.
func transfer(c *call) error {
	var wish struct {
		DeviceIDs []string `json:"device_ids"`
		Play      bool     `json:"play"`
	}
	if err := c.decode(&wish); err != nil {
		return err
	}
	if len(wish.DeviceIDs) != 1 {
		return badRequest("device_ids must name one device")
	}
	if err := c.activate(wish.DeviceIDs[0]); err != nil {
		return err
	}
	if wish.Play && !c.account.Player.Playing && c.account.Player.Track != "" {
		return c.resume()
	}
	return nil
}

// target finds the device of a command: the one it names, which becomes the active one, or the one that is active.
func (c *call) target() error {
	if id := c.URL.Query().Get("device_id"); id != "" {
		return c.activate(id)
	}
	if !c.account.Device.Active {
		return noActiveDevice()
	}
	return nil
}

func (c *call) activate(id string) error {
	if id != c.account.Device.ID {
		return deviceNotFound()
	}
	c.account.Device.Active = true
	return nil
}

// decode reads a JSON body, which may be empty. What is not simulated (context_uri, offset) is refused, not overlooked.
func (c *call) decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return badRequest("Malformed json: " + err.Error())
	}
	return nil
}

// playable turns track URIs into the IDs that a player plays for them, in order and without those it would pass over.
func (s *Spotify) playable(uris ...string) ([]string, error) {
	var ids []string
	for _, uri := range uris {
		id, ok := strings.CutPrefix(uri, trackURI)
		if !ok {
			return nil, badRequest("Invalid track uri: " + uri)
		}
		t := s.catalogue.byID[id]
		if t == nil {
			return nil, notFound()
		}
		if t.Playable {
			ids = append(ids, t.PlaysAs)
		}
	}
	return ids, nil
}
