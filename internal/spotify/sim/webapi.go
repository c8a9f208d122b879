package sim

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxBody is more than any request to the Web API needs.
const maxBody = 64 << 10

// call is one authenticated request.
type call struct {
	*http.Request
	body    []byte
	now     time.Time
	account account // a copy, its player advanced to now
	grant   grant
	laws    laws
	state   state // what is read, and what a change is made to before it is committed
	view    view
}

// endpoint answers a call with a reply, a JSON body for 200, or nil for 204. It runs under the lock.
type endpoint func(*call) (any, error)

// reply is an answer that is not 200 with JSON. Without a body it is empty.
type reply struct {
	status int
	body   any
	text   string
}

// apiError is an error of the Web API as it stands in a body (Spotify's Web API reference, "Regular error object" and
// "Player error object").
type apiError struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Reason  string `json:"reason,omitempty"`

	text       bool // the message alone is the body
	retryAfter time.Duration
}

func (e apiError) Error() string { return strconv.Itoa(e.Status) + " " + e.Message }

func badRequest(message string) apiError {
	return apiError{Status: http.StatusBadRequest, Message: message}
}

func notFound() apiError { return apiError{Status: http.StatusNotFound, Message: "Not Found"} }

func forbidden() apiError { return apiError{Status: http.StatusForbidden, Message: "Forbidden"} }

func outOfScope() apiError {
	return apiError{Status: http.StatusForbidden, Message: "Insufficient client scope"}
}

// serve reads the body before it takes the lock and answers after giving it back: a slow client holds up nobody.
func (s *Spotify) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
		if err != nil {
			s.write(w, nil, badRequest("Malformed body"))
			return
		}
		result, err := s.run(&call{Request: request, body: body}, r)
		s.write(w, result, err)
	})
}

func (s *Spotify) run(c *call, r route) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	var err error
	if c.account, c.grant, err = s.authenticate(c.Request, c.now); err != nil {
		return nil, err
	}
	if err := s.admit(c, r); err != nil {
		return nil, err
	}
	c.account = s.advanced(c.account, c.now)
	c.laws = s.laws(c.account)
	c.state = s.state
	c.view = view{
		api: origin(c.Request) + "/v1", covers: s.coverURL, songs: s.catalogue, now: c.now, extended: s.state.App.Extended,
	}
	if !r.changes {
		return r.answer(c)
	}
	c.state = s.state.clone()
	result, err := r.answer(c)
	if err != nil {
		return nil, err
	}
	c.state.Accounts[c.account.ID] = c.account
	return result, s.commit(c.state)
}

// admit refuses calls that would get nowhere, in the order that Spotify has been seen to.
func (s *Spotify) admit(c *call, r route) error {
	switch app := s.state.App; {
	case c.account.Switches.NotAllowed:
		return apiError{Status: http.StatusForbidden, Message: "User not registered in the Developer Dashboard", text: true}
	case app.OwnerFree:
		const message = "Active premium subscription required for the owner of the app."
		return apiError{Status: http.StatusForbidden, Message: message, text: true}
	}
	if err := s.limited(c.now); err != nil {
		return err
	}
	if r.removed && !s.state.App.Extended {
		return forbidden()
	}
	if covers(c.grant.Scopes, r.scopes) {
		return nil
	}
	if r.reads {
		return apiError{Status: http.StatusUnauthorized, Message: "Permissions missing"}
	}
	return outOfScope()
}

func (s *Spotify) write(w http.ResponseWriter, result any, err error) {
	if err != nil {
		failure, ok := errors.AsType[apiError](err)
		if !ok {
			s.log.Error("simulated Spotify failed", "error", err)
			failure = apiError{Status: http.StatusInternalServerError, Message: "Server error."}
		}
		failure.write(w)
		return
	}
	switch result := result.(type) {
	case nil:
		w.WriteHeader(http.StatusNoContent)
	case reply:
		result.write(w)
	default:
		writeJSON(w, http.StatusOK, result)
	}
}

func (e apiError) write(w http.ResponseWriter) {
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds()))))
	}
	if e.text {
		reply{status: e.Status, text: e.Message}.write(w)
		return
	}
	writeJSON(w, e.Status, map[string]apiError{"error": e})
}

func (r reply) write(w http.ResponseWriter) {
	if r.body != nil {
		writeJSON(w, r.status, r.body)
		return
	}
	if r.text != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.WriteHeader(r.status)
	_, _ = io.WriteString(w, r.text)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only when the client has gone
}

// origin is where the client reached this server: URLs in answers lead back to it.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// number reads a parameter between 0 and most.
func number(query url.Values, name string, standard, most int) (int, bool) {
	if !query.Has(name) {
		return standard, true
	}
	n, err := strconv.Atoi(query.Get(name))
	return n, err == nil && n >= 0 && n <= most
}

// paging reads limit and offset.
func (c *call) paging(least, standard, most, deepest int) (limit, offset int, err error) {
	limit, ok := number(c.URL.Query(), "limit", standard, most)
	if !ok || limit < least {
		return 0, 0, badRequest("Invalid limit")
	}
	offset, ok = number(c.URL.Query(), "offset", 0, deepest)
	if !ok {
		return 0, 0, badRequest("Invalid offset")
	}
	return limit, offset, nil
}

// window is the part of all from offset on, at most limit long.
func window[T any](all []T, limit, offset int) []T {
	start := min(offset, len(all))
	return all[start:min(start+limit, len(all))]
}
