package live

// Moment is something that just happened in a topic and that is stored nowhere. What a hint announces can be loaded; a
// moment that is lost is gone. So it may only be something that nobody misses. Once it is announced, neither it nor its
// data may be modified.
type Moment struct {
	Topic string
	Data  []byte // at most MaxMoment; what it means is between those who announce and those who receive
}

// MaxMoment is how many bytes of data a moment has at most. Processes ignore a larger one from elsewhere.
const MaxMoment = 256

// MomentBus carries moments to all processes.
type MomentBus interface {
	// Announce sends a moment. It does not wait for other processes and cannot fail: a moment that cannot be sent at once
	// is lost. It never delays or displaces a hint.
	Announce(Moment)

	// OnMoment is Bus.Subscribe for moments.
	OnMoment(fn func(Moment)) (cancel func())
}
