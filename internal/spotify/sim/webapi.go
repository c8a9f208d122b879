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

// maxBody bounds request bodies, in bytes. It is more than any request to the Web API needs.
const maxBody = 64 << 10

const jsonType = "application/json; charset=utf-8"

// call is one authenticated request.
type call struct {
	*http.Request
	body    []byte
	now     time.Time
	account account // a copy, with its player advanced to now
	grant   grant
	options playerOptions
	state   state // the state to read and, if the route changes it, to modify before the commit
	view    view
}

// endpoint handles a call. It returns a reply, a JSON body for a response of 200, or nil for 204. It runs under the
// lock.
type endpoint func(*call) (any, error)

// reply is a response other than 200 with JSON. Without body and text it is empty.
type reply struct {
	status int
	body   any
	text   string
}

// apiError is an error of the Web API in the form of its JSON body (Web API reference, "Regular error object" and
// "Player error object").
type apiError struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Reason  string `json:"reason,omitempty"`

	text       bool // the body is the message in plain text
	retryAfter time.Duration
}

func (e apiError) Error() string { return strconv.Itoa(e.Status) + " " + e.Message }

func badRequest(message string) apiError {
	return apiError{Status: http.StatusBadRequest, Message: message}
}

func notFound() apiError { return apiError{Status: http.StatusNotFound, Message: "Not Found"} }

func forbidden() apiError { return apiError{Status: http.StatusForbidden, Message: "Forbidden"} }

func insufficientScope() apiError {
	return apiError{Status: http.StatusForbidden, Message: "Insufficient client scope"}
}

// serve reads the request before it takes the lock, and responds after it has released it, so that a slow client does
// not block others.
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

// run authenticates a call, checks its access, and lets the route's endpoint handle it.
func (s *Spotify) run(c *call, r route) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	var err error
	if c.account, c.grant, err = s.authenticate(c.Request, c.now); err != nil {
		return nil, err
	}
	if err := s.checkAccess(c, r); err != nil {
		return nil, err
	}
	c.account = s.advanceAccount(c.account, c.now)
	c.options = s.playerOptions(c.account)
	c.state = s.state
	c.view = view{
		api: baseURL(c.Request) + "/v1", covers: s.coverURL, songs: s.catalogue, now: c.now, extended: s.state.App.Extended,
		longNames: s.state.App.LongNames, longURLs: s.state.App.LongURLs,
	}
	if !r.changes {
		return r.answer(c)
	}
	c.state = s.state.clone()
	result, err := r.answer(c)
	if err != nil {
		return nil, err
	}
	c.state.Accounts[c.account.ID] = c.account.remember(c.now)
	return result, s.commit(c.state)
}

// checkAccess returns the error of a call that may not use the endpoint. It checks in the order in which Spotify has
// been seen to.
func (s *Spotify) checkAccess(c *call, r route) error {
	switch app := s.state.App; {
	case c.account.Switches.NotAllowed:
		return apiError{Status: http.StatusForbidden, Message: "User not registered in the Developer Dashboard", text: true}
	case app.OwnerFree:
		const message = "Active premium subscription required for the owner of the app."
		return apiError{Status: http.StatusForbidden, Message: message, text: true}
	}
	if err := s.checkLimits(c.now); err != nil {
		return err
	}
	if r.removed && !s.state.App.Extended {
		return forbidden()
	}
	if hasScopes(c.grant.Scopes, r.scopes) {
		return nil
	}
	if r.reads {
		return apiError{Status: http.StatusUnauthorized, Message: "Permissions missing"}
	}
	return insufficientScope()
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
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}

// baseURL returns the address under which the client reached this server. URLs in responses start with it.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// intParameter returns an integer parameter, or the default value if it is missing. It returns false if the value is
// not between 0 and maxValue.
func intParameter(query url.Values, name string, defaultValue, maxValue int) (int, bool) {
	if !query.Has(name) {
		return defaultValue, true
	}
	n, err := strconv.Atoi(query.Get(name))
	return n, err == nil && n >= 0 && n <= maxValue
}

// pageParameters returns the parameters limit and offset.
func (c *call) pageParameters(minLimit, defaultLimit, maxLimit, maxOffset int) (limit, offset int, err error) {
	limit, ok := intParameter(c.URL.Query(), "limit", defaultLimit, maxLimit)
	if !ok || limit < minLimit {
		return 0, 0, badRequest("Invalid limit")
	}
	offset, ok = intParameter(c.URL.Query(), "offset", 0, maxOffset)
	if !ok {
		return 0, 0, badRequest("Invalid offset")
	}
	return limit, offset, nil
}

// pageAt returns at most limit elements, starting at offset.
func pageAt[T any](all []T, limit, offset int) []T {
	start := min(offset, len(all))
	return all[start:min(start+limit, len(all))]
}
