package spotify

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxErrorBody is how many bytes of an error response are read.
	maxErrorBody = 16 << 10
	// maxAnswer is how many bytes of any other response are read. The largest that the client asks for, a page of a
	// playlist, has a few hundred thousand.
	maxAnswer = 4 << 20
	// maxRetryAfter caps the Retry-After header. Values of about a day have been seen.
	maxRetryAfter = 24 * time.Hour
)

// responseInfo is what the classification of a failure needs from a response. The zmb3 library keeps neither the
// headers nor the reason of a failure, and discards error bodies in plain text.
type responseInfo struct {
	status     int // 0: there was no response
	retryAfter time.Duration
	body       []byte // only of responses with a status of 400 or more
}

// responseRecorder is an http.RoundTripper that keeps what is needed of the last response of one call. It serves one
// call and is not safe for concurrent use.
type responseRecorder struct {
	callName  string // name of the call in metrics and traces
	transport http.RoundTripper
	count     func(status int, took time.Duration) // called once for each request
	last      responseInfo
}

func (o *responseRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
	o.last = responseInfo{}
	began := time.Now()
	defer func() { o.count(o.last.status, time.Since(began)) }()
	response, err := o.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	o.last = responseInfo{status: response.StatusCode, retryAfter: retryAfter(response.Header)}
	if response.StatusCode < 400 {
		response.Body = http.MaxBytesReader(nil, response.Body, maxAnswer)
		return response, nil
	}
	// A truncated body is still useful, and the status is known in any case.
	o.last.body, _ = io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(o.last.body))
	return response, nil
}

// retryAfter parses the Retry-After header, which Spotify sends in seconds; HTTP also permits a date. The result is at
// most maxRetryAfter, and 0 if the header is missing, invalid, negative or in the past.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(dateOf(header))), maxRetryAfter)
	}
	if strings.Trim(text, "0123456789.") != "" { // ParseFloat understands much more, such as "Inf"
		return 0
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return time.Duration(math.Ceil(min(seconds, maxRetryAfter.Seconds()))) * time.Second
}

// dateOf returns when Spotify sent a response, according to its own clock if the response says so.
func dateOf(header http.Header) time.Time {
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

// authTransport is an http.RoundTripper that sends the requests of one call when the limiter permits, with the host's
// access token. After a 401 it refreshes the token and sends the request a second time. If that is answered 401, too,
// nothing is sent for the host during a pause that grows, see rejections.
type authTransport struct {
	recorder *responseRecorder
	limiter  *limiter
	priority priority
	tokens   *tokenSource
	hostID   string
	attempts int    // requests sent by this call so far
	newToken string // an access token that was just issued, used instead of the host's stored one; empty: none
}

func (s *authTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.newToken != "" {
		return s.sendOnce(r, s.newToken)
	}
	if failed := s.tokens.rejections.failure(s.hostID, time.Now()); failed != nil {
		return nil, failed
	}
	g, err := s.tokens.validGrant(r.Context(), s.hostID)
	if err != nil {
		return nil, err
	}
	response, err := s.sendOnce(r, g.AccessToken)
	if err != nil || !s.tokenRejected(response) {
		return s.accepted(response, err)
	}
	_ = response.Body.Close()        // the recorder has read it already
	s.recorder.last = responseInfo{} // the 401 was about the token and says nothing about the call
	if g, err = s.tokens.renew(r.Context(), s.hostID, g.AccessToken); err != nil {
		return nil, err
	}
	response, err = s.sendOnce(r, g.AccessToken)
	if err != nil || !s.tokenRejected(response) {
		return s.accepted(response, err)
	}
	if err := s.tokens.checkUnchanged(r.Context(), s.hostID, g); err != nil {
		return nil, err
	}
	s.tokens.rejections.record(s.hostID, time.Now())
	return nil, s.tokens.rejections.failure(s.hostID, time.Now())
}

// accepted returns the result of a request whose token was not rejected. If the request succeeded, it ends the host's
// series of rejections.
func (s *authTransport) accepted(response *http.Response, err error) (*http.Response, error) {
	if err == nil && response.StatusCode < http.StatusBadRequest {
		s.tokens.rejections.forget(s.hostID)
	}
	return response, err
}

// errRejected stands for the error of a response whose status alone says that it failed.
var errRejected = errors.New("the request was rejected")

// tokenRejected reports whether Spotify rejected the access token. A 401 about a missing scope does not count: another
// token would lack the scope too.
func (s *authTransport) tokenRejected(response *http.Response) bool {
	return response.StatusCode == http.StatusUnauthorized && classify(s.recorder.last, errRejected).healthReason == ""
}

// sendOnce sends one request once the limiter permits. Its span includes the wait.
func (s *authTransport) sendOnce(r *http.Request, token string) (response *http.Response, err error) {
	s.attempts++
	ctx, span := startSpan(r.Context(), s.recorder.callName, s.attempts)
	defer func() { endSpan(span, s.recorder.last, err) }()
	if refused := s.limiter.wait(ctx, s.priority, flowOf(ctx, s.hostID)); refused != nil {
		return nil, refused
	}
	span.AddEvent("admitted by the limiter")
	signed := r.Clone(ctx)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		signed.Body = body
	}
	if r.ContentLength > 0 { // the zmb3 library omits the header
		signed.Header.Set("Content-Type", "application/json")
	}
	signed.Header.Set("Authorization", "Bearer "+token)
	return s.recorder.RoundTrip(signed)
}
