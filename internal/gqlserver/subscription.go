package gqlserver

import "antwon.dj/backend/internal/ratelimit"

// subscriber is notified by a stream when its subscription may have a response. Notify must not block.
type subscriber interface{ notify() }

// subscription is the cursor of one subscriber on a stream. The stream's mutex guards the fields of the second group.
type subscription struct {
	subscriber   subscriber
	payer        *payer
	stream       *stream
	minVersion   int64 // the oldest version that may be sent
	subscriberID string
	onEnd        func()          // called when the subscription has ended; nil in tests
	uses         *ratelimit.Uses // sent with the first response; nil: not asked for, or sent

	index            int   // position in stream.subscriptions
	deliveredVersion int64 // the version that the subscriber has, or noVersion
	started          bool  // a response was sent
	waiting          bool  // it is in stream.waiting
	ended            bool
	failed           *streamResponse // the errors to end with; nil if there are none
}

// nextResponse returns the next response to send, or nil if there is none yet: then the subscriber is notified when
// there is one. If end is true, the subscription has ended and nothing follows the response.
func (sub *subscription) nextResponse() (next *streamResponse, end bool) {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sub.ended:
		return nil, false
	case sub.failed != nil:
		s.remove(sub)
		return sub.failed, true
	case !s.hasState || s.state.Version < sub.minVersion:
		return nil, false
	case sub.started && sub.deliveredVersion >= s.state.ChangedAt:
		if s.state.Last { // it was not the last when it was sent
			s.remove(sub)
		}
		return nil, s.state.Last
	}
	next = s.responses[s.baseVersion(sub)]
	if next == nil || next.version < max(sub.deliveredVersion, sub.minVersion) {
		s.requestExecution(sub)
		return nil, false
	}
	sub.started, sub.deliveredVersion = true, next.version
	if sub.uses != nil {
		next, sub.uses = next.withCost(sub.uses), nil
	}
	if s.state.Last {
		s.remove(sub)
	}
	return next, s.state.Last
}

// baseVersion returns the version from which the difference to the present state has to begin; noVersion: the whole
// state has to be sent. Versions between which nothing changed have the same base version.
func (s *stream) baseVersion(sub *subscription) int64 {
	switch {
	case !s.resumes || sub.deliveredVersion < s.state.OldestBase:
		return noVersion
	case sub.deliveredVersion >= s.state.ChangedAt:
		return max(s.state.ChangedAt, s.state.OldestBase)
	case sub.deliveredVersion >= s.previousChange:
		return max(s.previousChange, s.state.OldestBase)
	default:
		return sub.deliveredVersion
	}
}

func (s *stream) requestExecution(sub *subscription) {
	if !sub.waiting {
		sub.waiting = true
		s.waiting = append(s.waiting, sub)
		s.wake()
	}
}

// add adds a subscription. It returns false if the stream has ended.
func (s *stream) add(sub *subscription) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	sub.stream, sub.index = s, len(s.subscriptions)
	s.revokedAt = min(s.revokedAt, sub.minVersion) // endRevoked checks it if permissions were revoked since it was granted
	s.subscriptions = append(s.subscriptions, sub)
	s.streams.metrics.subscriptions.Inc()
	return true
}

// unsubscribe ends a subscription. Further calls do nothing.
func (sub *subscription) unsubscribe() {
	s := sub.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sub.ended {
		s.remove(sub)
	}
}

// remove removes a subscription. The caller holds the mutex.
func (s *stream) remove(sub *subscription) {
	last := len(s.subscriptions) - 1
	s.subscriptions[sub.index] = s.subscriptions[last]
	s.subscriptions[sub.index].index = sub.index
	s.subscriptions[last] = nil
	s.subscriptions = s.subscriptions[:last]
	sub.ended = true
	s.streams.metrics.subscriptions.Dec()
	s.streams.metrics.countSubscription(sub.failed != nil)
	if last == 0 {
		s.wake() // starts the linger time
	}
	if sub.onEnd != nil {
		sub.onEnd()
	}
}
