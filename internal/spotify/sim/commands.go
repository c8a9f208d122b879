package sim

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The bodies of refused player commands, as apps have seen them.

func noActiveDevice() apiError {
	return apiError{Status: http.StatusNotFound, Message: "Player command failed: No active device found", Reason: "NO_ACTIVE_DEVICE"}
}

func deviceNotFound() apiError {
	return apiError{Status: http.StatusNotFound, Message: "Device not found"}
}

func restricted() apiError {
	return apiError{Status: http.StatusForbidden, Message: "Player command failed: Restriction violated", Reason: "UNKNOWN"}
}

func premiumRequired() apiError {
	return apiError{Status: http.StatusForbidden, Message: "Player command failed: Premium required", Reason: "PREMIUM_REQUIRED"}
}

// command makes an endpoint of a function that changes the call's account.
func command(change func(*call) error) endpoint {
	return func(c *call) (any, error) {
		if c.account.Switches.Free {
			return nil, premiumRequired()
		}
		before := c.account.Player
		if err := change(c); err != nil {
			return nil, err
		}
		c.account.before, c.account.commanded = before, c.now
		switch cmp.Or(c.account.Switches.Success, http.StatusOK) {
		case http.StatusOK: // where the reference says 204
			return reply{status: http.StatusOK, text: rand.Text()}, nil
		case http.StatusAccepted:
			return reply{status: http.StatusAccepted}, nil
		}
		return nil, nil
	}
}

// wish is the body of PUT me/player/play.
type wish struct {
	ContextURI string   `json:"context_uri"`
	URIs       []string `json:"uris"`
	Offset     *struct {
		Position *int   `json:"position"`
		URI      string `json:"uri"`
	} `json:"offset"`
	PositionMS *int `json:"position_ms"`
}

// play is PUT me/player/play: with uris or context_uri it starts them, with neither it resumes; position_ms says where.
// A track that cannot be played is passed over, and one that is relinked plays as the recording's other release.
func (s *Spotify) play(c *call) error {
	var w wish
	if err := c.decode(&w); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	ids, index, err := s.wished(c, w)
	if err != nil {
		return err
	}
	if err := c.target(); err != nil {
		return err
	}
	if w.empty() {
		err = c.resume()
	} else if len(ids) == 0 {
		return c.startNothing()
	} else {
		c.account.Player = c.account.Player.play(ids, index, w.ContextURI, ByAPI, c.now, c.laws)
	}
	if p := c.account.Player; err == nil && w.PositionMS != nil {
		most := c.laws.length(p.Track).Milliseconds()
		c.account.Player = p.seek(time.Duration(min(int64(*w.PositionMS), most))*time.Millisecond, c.now)
	}
	return err
}

func (w wish) empty() bool { return w.ContextURI == "" && len(w.URIs) == 0 }

func (w wish) check() error {
	if w.PositionMS != nil && *w.PositionMS < 0 {
		return badRequest("Invalid position_ms")
	}
	if w.ContextURI != "" && len(w.URIs) > 0 {
		return badRequest("Can't have both context_uri and uris")
	}
	return nil
}

// startNothing replaces the list by one of which nothing can be played.
func (c *call) startNothing() error {
	p := c.account.Player
	p.List, p.All = nil, nil
	c.account.Player = p.next(c.now, c.laws)
	return nil
}

// wished is what to play, and where to start.
func (s *Spotify) wished(c *call, w wish) (ids []string, index int, err error) {
	if w.ContextURI != "" {
		ids, err = s.contextTracks(c.state, w.ContextURI)
	} else {
		ids, err = s.playable(w.URIs...)
	}
	if err != nil || w.Offset == nil {
		return ids, 0, err
	}
	if w.Offset.URI != "" {
		index, err = s.indexOf(w.Offset.URI, ids)
		return ids, index, err
	}
	if set(&index, w.Offset.Position); index < 0 || index > 0 && index >= len(ids) {
		return nil, 0, badRequest("Invalid offset position")
	}
	return ids, index, nil
}

func (s *Spotify) indexOf(uri string, ids []string) (int, error) {
	wanted, err := s.playable(uri)
	if err != nil {
		return 0, err
	}
	if at := slices.IndexFunc(ids, func(id string) bool { return slices.Contains(wanted, id) }); at >= 0 {
		return at, nil
	}
	return 0, notFound()
}

// resume goes on where the player was paused or, if nothing played yet, with what was queued.
func (c *call) resume() error {
	p := &c.account.Player
	switch {
	case p.sounding(), p.Track == "" && len(p.Queue) == 0:
		return restricted()
	case p.Track == "":
		*p = p.next(c.now, c.laws)
	default:
		*p = p.resume(c.now, ByAPI)
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
	c.account.Player = c.account.Player.pause(c.now, "paused")
	return nil
}

// skippable finds the device, and something that can be left: an advertisement cannot.
func (c *call) skippable() error {
	if err := c.target(); err != nil {
		return err
	}
	if p := c.account.Player; p.interlude(c.now) == "ad" || p.Track == "" && len(p.Queue) == 0 {
		return restricted()
	}
	return nil
}

// next is POST me/player/next. Skipping the last track stops the player, as its end would.
func next(c *call) error {
	if err := c.skippable(); err != nil {
		return err
	}
	c.account.Player = c.account.Player.next(c.now, c.laws)
	return nil
}

func previous(c *call) error {
	if err := c.skippable(); err != nil {
		return err
	}
	p, ok := c.account.Player.previous(c.now, c.laws)
	if !ok {
		no := restricted()
		no.Reason = "NO_PREV_TRACK"
		return no
	}
	c.account.Player = p
	return nil
}

// seek is PUT me/player/seek. A position past the end is the next track.
func seek(c *call) error {
	const longest = 24 * 60 * 60 * 1000
	ms, ok := number(c.URL.Query(), "position_ms", -1, longest)
	if !ok || ms < 0 {
		return badRequest("Invalid position_ms")
	}
	if err := c.skippable(); err != nil {
		return err
	}
	p := c.account.Player
	if p.By == "" {
		return restricted()
	}
	to := min(time.Duration(ms)*time.Millisecond, c.laws.length(p.Track))
	c.account.Player = advance(p.seek(to, c.now), c.now, c.laws)
	return nil
}

func repeat(c *call) error {
	state := c.URL.Query().Get("state")
	if state != "off" && state != "track" && state != "context" {
		return badRequest("Invalid state")
	}
	if err := c.target(); err != nil {
		return err
	}
	c.account.Player.Repeat = strings.TrimPrefix(state, "off")
	return nil
}

func shuffle(c *call) error {
	state := c.URL.Query().Get("state")
	if state != "true" && state != "false" {
		return badRequest("Invalid state")
	}
	if err := c.target(); err != nil {
		return err
	}
	c.account.Player = c.account.Player.shuffle(state == "true")
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
	if p := c.account.Player; wish.Play && !p.sounding() && p.Track != "" {
		return c.resume()
	}
	return nil
}

// decode reads a JSON body, which may be empty. What is not simulated is refused, not overlooked.
func (c *call) decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return badRequest("Malformed json: " + err.Error())
	}
	return nil
}
