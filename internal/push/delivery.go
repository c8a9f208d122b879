package push

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/SherClockHolmes/webpush-go"
)

// outcome is the result of a notice.
type outcome string

const (
	sent    outcome = "sent"    // the push service has accepted it
	gone    outcome = "gone"    // the subscription no longer exists, and is deleted
	refused outcome = "refused" // the push service does not accept it
	failed  outcome = "failed"  // the push service did not answer, or was busy at each attempt
	dropped outcome = "dropped" // it was not sent: too much waited, the server stopped, or the database did not answer
)

var outcomes = []outcome{sent, gone, refused, failed, dropped}

const (
	attempts       = 3               // of one notice
	attemptTimeout = 5 * time.Second // of one attempt
	firstPause     = time.Second     // before the second attempt; it doubles
	longestPause   = 3 * time.Second // there is no further attempt if a push service asks for a longer pause
	maxResponse    = 16 << 10        // bytes of a response's headers, and of its body, that are read
)

// topic makes a message replace an earlier one that still waits at the push service. It says nothing about the room.
const topic = "song"

// deliver sends a message to a push service, if need be several times, and returns the outcome. If the push service
// does not answer, it does not try again: the push service may have the message, and other notices wait.
func (s *Sender) deliver(ctx context.Context, key keyPair, to Subscription, message []byte, until time.Time) outcome {
	var status int
	var err error
	for attempt := range attempts {
		var wait time.Duration
		status, wait, err = s.send(ctx, key, to, message, until)
		switch {
		case err == nil && status < 300:
			return sent
		case status == http.StatusNotFound || status == http.StatusGone:
			return gone
		case err == nil && status != http.StatusTooManyRequests && status < 500:
			s.log.WarnContext(ctx, "a push service refuses a message", "host", hostOf(to.Endpoint), "status", status)
			return refused
		case err != nil || attempt == attempts-1 || wait > longestPause || !pause(ctx, max(wait, firstPause<<attempt)):
			s.log.WarnContext(ctx, "a push service did not accept a message",
				"host", hostOf(to.Endpoint), "status", status, "error", err)
			return failed
		}
	}
	return failed
}

// pause waits, and reports whether there is time for another attempt afterwards. If there is none, it returns at once.
func pause(ctx context.Context, wait time.Duration) bool {
	if until, ok := ctx.Deadline(); ok && time.Until(until) <= wait {
		return false
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// send makes one attempt. It returns the status of the response, and the pause that its Retry-After asks for. The push
// service may keep the message until its occasion has passed. The library encrypts and signs; time limits, the size of
// responses and redirects are left to its callers.
func (s *Sender) send(
	ctx context.Context, key keyPair, to Subscription, message []byte, until time.Time,
) (status int, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	response, err := webpush.SendNotificationWithContext(ctx, message,
		&webpush.Subscription{Endpoint: to.Endpoint, Keys: webpush.Keys{Auth: to.Auth, P256dh: to.P256dh}},
		&webpush.Options{
			HTTPClient: s.client, Subscriber: s.subject, Topic: topic, Urgency: webpush.UrgencyHigh,
			TTL:            max(0, int(time.Until(until).Seconds())),
			VAPIDPublicKey: key.public, VAPIDPrivateKey: key.private,
		})
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // without the address, which must not be logged
	}
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, maxResponse) // so that the connection can be used again
	return response.StatusCode, retryAfter(response.Header), nil
}

// retryAfter returns the duration in the Retry-After header, which is in seconds, or 0. It returns at most an hour,
// which is longer than any notice is of use.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.ParseInt(header.Get("Retry-After"), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}
