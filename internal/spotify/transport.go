package spotify

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	// maxErrorBody is how much of an answer is read to learn what was wrong.
	maxErrorBody = 16 << 10
	// longestWait is the most that Retry-After is believed: values of about a day have been seen.
	longestWait = 24 * time.Hour
)

// answer is what Spotify really answered. The library that makes the requests keeps neither the headers nor the reason of
// a failure, and nothing at all of one in plain text.
type answer struct {
	status     int // 0: there was none
	retryAfter time.Duration
	body       []byte // of failures only
}

// observer remembers the answer to the last request of one call.
type observer struct {
	call   string // its name
	base   http.RoundTripper
	count  func(status int, took time.Duration) // called once for each request
	answer answer
}

func (o *observer) RoundTrip(r *http.Request) (*http.Response, error) {
	o.answer = answer{}
	began := time.Now()
	defer func() { o.count(o.answer.status, time.Since(began)) }()
	response, err := o.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	o.answer = answer{status: response.StatusCode, retryAfter: retryAfter(response.Header)}
	if response.StatusCode < 400 {
		return response, nil
	}
	// A body that breaks off still tells something, and the status is known in any case.
	o.answer.body, _ = io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(o.answer.body))
	return response, nil
}

// retryAfter reads the header in seconds, the form in which Spotify sends it; 0: it did not.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
}

// signer sends the requests of one call as the limiter lets them go, with the host's access token, and once more with a new
// one after a 401.
type signer struct {
	observer *observer
	limiter  *limiter
	priority priority
	tokens   *tokens
	hostID   string
	sent     int    // requests of this call so far
	fresh    string // an access token that has just been issued, used instead of the host's; empty: none
}

func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.fresh != "" {
		return s.send(r, s.fresh)
	}
	g, err := s.tokens.access(r.Context(), s.hostID)
	if err != nil {
		return nil, err
	}
	response, err := s.send(r, g.AccessToken)
	if err != nil || !s.refused(response) {
		return response, err
	}
	_ = response.Body.Close()    // it is in memory already
	s.observer.answer = answer{} // it was about the token, not about what becomes of the call
	if g, err = s.tokens.renew(r.Context(), s.hostID, g.AccessToken); err != nil {
		return nil, err
	}
	response, err = s.send(r, g.AccessToken)
	if err == nil && s.refused(response) {
		return nil, s.tokens.refused(r.Context(), s.hostID, g, classify(s.observer.answer, errRefused))
	}
	return response, err
}

var errRefused = errors.New("the access token was refused")

// refused says whether the answer is about the access token. Where a scope is missing another token does not help.
func (s *signer) refused(response *http.Response) bool {
	return response.StatusCode == http.StatusUnauthorized && classify(s.observer.answer, errRefused).why == ""
}

// send is one request's span, with the time for which it waits for its turn.
func (s *signer) send(r *http.Request, token string) (response *http.Response, err error) {
	s.sent++
	ctx, span := begin(r.Context(), s.observer.call, s.sent)
	defer func() { finish(span, s.observer.answer, err) }()
	if refused := s.limiter.wait(ctx, s.priority); refused != nil {
		return nil, refused
	}
	span.AddEvent("it has its turn")
	signed := r.Clone(ctx)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		signed.Body = body
	}
	if r.ContentLength > 0 { // the library leaves it out
		signed.Header.Set("Content-Type", "application/json")
	}
	signed.Header.Set("Authorization", "Bearer "+token)
	return s.observer.RoundTrip(signed)
}
