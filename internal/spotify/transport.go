package spotify

import (
	"bytes"
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
	base   http.RoundTripper
	count  func(status int) // called once for each request
	answer answer
}

func (o *observer) RoundTrip(r *http.Request) (*http.Response, error) {
	o.answer = answer{}
	defer func() { o.count(o.answer.status) }()
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

// signer sends the requests of one call with the host's access token, and once more with a new one after a 401.
type signer struct {
	observer *observer
	tokens   *tokens
	hostID   string
}

func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := s.tokens.access(r.Context(), s.hostID)
	if err != nil {
		return nil, err
	}
	response, err := s.send(r, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	_ = response.Body.Close()    // it is in memory already
	s.observer.answer = answer{} // it was about the token, not about what becomes of the call
	if token, err = s.tokens.renew(r.Context(), s.hostID, token); err != nil {
		return nil, err
	}
	return s.send(r, token)
}

func (s *signer) send(r *http.Request, token string) (*http.Response, error) {
	signed := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		signed.Body = body
	}
	signed.Header.Set("Authorization", "Bearer "+token)
	return s.observer.RoundTrip(signed)
}
