package live

// Moment is a message about something that just happened in a topic and is stored nowhere. The version that a hint
// announces can be loaded later, but a lost moment is gone. So moments are only for things whose loss does not matter.
// Once it is announced, neither it nor its data may be modified.
type Moment struct {
	Topic string
	Data  []byte // at most MaxMoment bytes; sender and receiver agree on the meaning
}

// MaxMoment is the maximum size of a moment's data, in bytes. A process ignores larger moments from other processes.
const MaxMoment = 256

// MomentBus carries moments to all processes.
type MomentBus interface {
	// Announce sends a moment. It does not wait for other processes and cannot fail: a moment that cannot be sent at once
	// is lost. It never delays or displaces a hint.
	Announce(Moment)

	// OnMoment is Bus.Subscribe for moments.
	OnMoment(fn func(Moment)) (cancel func())
}
