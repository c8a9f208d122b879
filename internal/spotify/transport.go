package spotify

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxErrorBody is how much of an answer is read to learn what was wrong.
const maxErrorBody = 16 << 10

// observation is what Spotify really answered. The library that makes the requests keeps neither the headers nor the reason
// of a failure, and nothing at all of one in plain text.
type observation struct {
	status     int
	retryAfter time.Duration
	body       []byte // of failures only
}

type observationKey struct{}

// observed returns a context whose requests are observed.
func observed(ctx context.Context) (context.Context, *observation) {
	seen := &observation{}
	return context.WithValue(ctx, observationKey{}, seen), seen
}

// observer notes the answer to each request in its context's observation.
type observer struct{ next http.RoundTripper }

func (o observer) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(r)
	seen, ok := r.Context().Value(observationKey{}).(*observation)
	if err != nil || !ok {
		return response, err
	}
	*seen = observation{status: response.StatusCode, retryAfter: retryAfter(response.Header)}
	if response.StatusCode < 400 {
		return response, nil
	}
	seen.body, err = io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	_ = response.Body.Close() // its content was read
	response.Body = io.NopCloser(bytes.NewReader(seen.body))
	return response, err
}

func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// authorized sends a host's requests with the host's access token, and once more with a new one if it was refused: a 401
// says that nothing was done.
type authorized struct {
	tokens *tokens
	hostID string
	next   http.RoundTripper
}

func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := a.tokens.access(r.Context(), a.hostID, "")
	if err != nil {
		return nil, err
	}
	response, err := a.send(r, token)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	_ = response.Body.Close() // it says no more than its status
	if token, err = a.tokens.access(r.Context(), a.hostID, token); err != nil {
		return nil, err
	}
	return a.send(r, token)
}

func (a authorized) send(r *http.Request, token string) (*http.Response, error) {
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	again.Header.Set("Authorization", "Bearer "+token)
	return a.next.RoundTrip(again)
}
