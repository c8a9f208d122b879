package natsbus

import (
	"encoding/json"

	"github.com/nats-io/nats.go"

	"antwon.dj/backend/internal/live"
)

// momentsQueue is how many moments may wait to be sent, and to be delivered. It is shorter than that of hints, because
// an old moment is worthless.
const momentsQueue = 256

// maxMomentMessage bounds a message, in bytes: the data in base64, and a topic.
const maxMomentMessage = 2*live.MaxMoment + 256

// moments has the subject and the queues of a Bus for moments. They are separate from those for hints, so that even a
// flood of moments makes the Bus lose no hint.
type moments struct {
	subject  string
	outgoing chan live.Moment
	incoming chan *nats.Msg
}

func newMoments(prefix string) moments {
	return moments{
		subject: prefix + ".moments", outgoing: make(chan live.Moment, momentsQueue),
		incoming: make(chan *nats.Msg, momentsQueue),
	}
}

// momentMessage is the wire format of a moment.
type momentMessage struct {
	Topic string `json:"t"`
	Data  []byte `json:"d"`
}

// Announce implements live.MomentBus. When it returns, every subscriber of this process has been called.
func (b *Bus) Announce(moment live.Moment) {
	b.local.Announce(moment)
	if !b.Connected() {
		return
	}
	select {
	case b.moments.outgoing <- moment:
	default: // moments may be lost
	}
}

// OnMoment implements live.MomentBus.
func (b *Bus) OnMoment(fn func(live.Moment)) (cancel func()) { return b.local.OnMoment(fn) }

func (b *Bus) sendMoment(moment live.Moment) {
	text, err := json.Marshal(momentMessage(moment))
	if err == nil && len(moment.Data) <= live.MaxMoment && len(text) <= maxMomentMessage {
		_ = b.conn.Publish(b.moments.subject, text) // lost if it fails
	}
}

func (b *Bus) deliverMoment(message *nats.Msg) {
	var m momentMessage
	tooLong := len(message.Data) > maxMomentMessage
	if tooLong || json.Unmarshal(message.Data, &m) != nil || m.Topic == "" || len(m.Data) > live.MaxMoment {
		b.metrics.invalid.Inc()
		return
	}
	b.local.Announce(live.Moment(m))
}
