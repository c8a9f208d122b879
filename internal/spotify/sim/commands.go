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

// The errors of refused player commands, with the bodies that apps have been seen to receive.

func noActiveDevice() apiError {
	const message = "Player command failed: No active device found"
	return apiError{Status: http.StatusNotFound, Message: message, Reason: "NO_ACTIVE_DEVICE"}
}

func deviceNotFound() apiError {
	return apiError{Status: http.StatusNotFound, Message: "Device not found"}
}

func restricted() apiError {
	const message = "Player command failed: Restriction violated"
	return apiError{Status: http.StatusForbidden, Message: message, Reason: "UNKNOWN"}
}

func premiumRequired() apiError {
	const message = "Player command failed: Premium required"
	return apiError{Status: http.StatusForbidden, Message: message, Reason: "PREMIUM_REQUIRED"}
}

// command returns an endpoint for a player command, which change applies to the account of the call.
func command(change func(*call) error) endpoint {
	return func(c *call) (any, error) {
		if c.account.Switches.Free {
			return nil, premiumRequired()
		}
		if late, ok := c.Context().Value(lateKey{}).(time.Duration); ok {
			c.account = c.account.postpone(lateCommand{c.now.Add(late), c, change})
			return nil, nil
		}
		before := c.account.Player
		if err := change(c); err != nil {
			return nil, err
		}
		c.account.playerBefore, c.account.lastCommand = before, c.now
		switch cmp.Or(c.account.Switches.Success, http.StatusOK) {
		case http.StatusOK: // the reference says 204
			return reply{status: http.StatusOK, text: rand.Text()}, nil
		case http.StatusAccepted:
			return reply{status: http.StatusAccepted}, nil
		}
		return nil, nil
	}
}

// playRequest is the body of PUT me/player/play.
type playRequest struct {
	ContextURI string   `json:"context_uri"`
	URIs       []string `json:"uris"`
	Offset     *struct {
		Position *int   `json:"position"`
		URI      string `json:"uri"`
	} `json:"offset"`
	PositionMS *int `json:"position_ms"`
}

// play serves PUT me/player/play. It starts the tracks of uris or context_uri, or resumes if neither is given, at
// position_ms. The player skips tracks that are not playable, and plays relinked tracks as their other release.
func (s *Spotify) play(c *call) error {
	var r playRequest
	if err := c.decode(&r); err != nil {
		return err
	}
	if err := r.validate(); err != nil {
		return err
	}
	ids, index, err := s.resolve(c, r)
	if err != nil {
		return err
	}
	if err := c.selectDevice(); err != nil {
		return err
	}
	if r.empty() {
		err = c.resume()
	} else if len(ids) == 0 {
		return c.startNothing()
	} else {
		c.account.Player = c.account.Player.play(ids, index, r.ContextURI, ByAPI, c.now, c.options)
	}
	if p := c.account.Player; err == nil && r.PositionMS != nil {
		most := c.options.length(p.Track).Milliseconds()
		c.account.Player = p.seek(time.Duration(min(int64(*r.PositionMS), most))*time.Millisecond, c.now)
	}
	return err
}

// empty reports whether the request resumes playback instead of starting something.
func (r playRequest) empty() bool { return r.ContextURI == "" && len(r.URIs) == 0 }

func (r playRequest) validate() error {
	if r.PositionMS != nil && *r.PositionMS < 0 {
		return badRequest("Invalid position_ms")
	}
	if r.ContextURI != "" && len(r.URIs) > 0 {
		return badRequest("Can't have both context_uri and uris")
	}
	return nil
}

// startNothing replaces the player's list by one in which nothing is playable.
func (c *call) startNothing() error {
	p := c.account.Player
	p.List, p.All = nil, nil
	c.account.Player = p.next(c.now, c.options)
	return nil
}

// resolve returns the tracks that a request starts, and the index of the first.
func (s *Spotify) resolve(c *call, r playRequest) (ids []string, index int, err error) {
	if r.ContextURI != "" {
		ids, err = s.contextTracks(c.state, r.ContextURI)
	} else {
		ids, err = s.playableIDs(r.URIs...)
	}
	if err != nil || r.Offset == nil {
		return ids, 0, err
	}
	if r.Offset.URI != "" {
		index, err = s.indexOf(r.Offset.URI, ids)
		return ids, index, err
	}
	if setIfGiven(&index, r.Offset.Position); index < 0 || index > 0 && index >= len(ids) {
		return nil, 0, badRequest("Invalid offset position")
	}
	return ids, index, nil
}

// indexOf returns the index of the track that a player plays for a URI.
func (s *Spotify) indexOf(uri string, ids []string) (int, error) {
	wanted, err := s.playableIDs(uri)
	if err != nil {
		return 0, err
	}
	if at := slices.IndexFunc(ids, func(id string) bool { return slices.Contains(wanted, id) }); at >= 0 {
		return at, nil
	}
	return 0, notFound()
}

// resume continues where the player was paused or, if nothing has played yet, starts the first queued track.
func (c *call) resume() error {
	p := &c.account.Player
	switch {
	case p.isAudible(), p.Track == "" && len(p.Queue) == 0:
		return restricted()
	case p.Track == "":
		*p = p.next(c.now, c.options)
	default:
		*p = p.resume(c.now, ByAPI, c.options)
	}
	return nil
}

func pause(c *call) error {
	if err := c.selectDevice(); err != nil {
		return err
	}
	if !c.account.Player.Playing {
		return restricted()
	}
	c.account.Player = c.account.Player.pause(c.now, "paused")
	return nil
}

// checkSkippable selects the device, and refuses to leave an advertisement, or to skip when there is nothing to skip.
func (c *call) checkSkippable() error {
	if err := c.selectDevice(); err != nil {
		return err
	}
	if p := c.account.Player; p.interlude(c.now) == "ad" || p.Track == "" && len(p.Queue) == 0 {
		return restricted()
	}
	return nil
}

// next serves POST me/player/next. Skipping the last track stops the player, like the end of that track.
func next(c *call) error {
	if err := c.checkSkippable(); err != nil {
		return err
	}
	c.account.Player = c.account.Player.next(c.now, c.options)
	return nil
}

func previous(c *call) error {
	if err := c.checkSkippable(); err != nil {
		return err
	}
	p, ok := c.account.Player.previous(c.now, c.options)
	if !ok {
		no := restricted()
		no.Reason = "NO_PREV_TRACK"
		return no
	}
	c.account.Player = p
	return nil
}

// seek serves PUT me/player/seek. A position past the end starts the next track.
func seek(c *call) error {
	const longest = 24 * 60 * 60 * 1000
	ms, ok := intParameter(c.URL.Query(), "position_ms", -1, longest)
	if !ok || ms < 0 {
		return badRequest("Invalid position_ms")
	}
	if err := c.checkSkippable(); err != nil {
		return err
	}
	p := c.account.Player
	if p.By == "" {
		return restricted()
	}
	to := min(time.Duration(ms)*time.Millisecond, c.options.length(p.Track))
	c.account.Player = advance(p.seek(to, c.now), c.now, c.options)
	return nil
}

func repeat(c *call) error {
	state := c.URL.Query().Get("state")
	if state != "off" && state != "track" && state != "context" {
		return badRequest("Invalid state")
	}
	if err := c.selectDevice(); err != nil {
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
	if err := c.selectDevice(); err != nil {
		return err
	}
	c.account.Player = c.account.Player.shuffle(state == "true")
	return nil
}

// enqueue serves POST me/player/queue. It does not start a player, and a queued track cannot be removed.
func (s *Spotify) enqueue(c *call) error {
	ids, err := s.playableIDs(c.URL.Query().Get("uri"))
	if err != nil {
		return err
	}
	if err := c.selectDevice(); err != nil {
		return err
	}
	for _, id := range ids {
		c.account.Player = c.account.Player.enqueue(id)
	}
	return nil
}

// transfer serves PUT me/player, for exactly one device. Without play the player remains paused or playing.
func transfer(c *call) error {
	var body struct {
		DeviceIDs []string `json:"device_ids"`
		Play      bool     `json:"play"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	if len(body.DeviceIDs) != 1 {
		return badRequest("device_ids must name one device")
	}
	if err := c.activate(body.DeviceIDs[0]); err != nil {
		return err
	}
	if p := c.account.Player; body.Play && !p.isAudible() && p.Track != "" {
		return c.resume()
	}
	return nil
}

// decode reads a JSON body, which may be empty. It refuses unknown fields, so that no parameter that is not simulated
// is ignored silently.
func (c *call) decode(into any) error {
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return badRequest("Malformed json: " + err.Error())
	}
	return nil
}
