package natsbus

import "github.com/prometheus/client_golang/prometheus"

// metrics count hints by outcome.
type metrics struct {
	sent, received, dropped, invalid prometheus.Counter
}

// newMetrics returns the metrics of a bus and registers them, unless reg is nil.
func newMetrics(reg prometheus.Registerer, connected func() bool) *metrics {
	up := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "antwon_nats_connected", Help: "Whether this server is connected to NATS: 1 or 0.",
	}, func() float64 {
		if connected() {
			return 1
		}
		return 0
	})
	hints := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_nats_hints_total",
		Help: "Hints by outcome: sent to other servers, received from them, dropped because they could not be sent at " +
			"once, or invalid messages that were received.",
	}, []string{"outcome"})
	if reg != nil {
		reg.MustRegister(up, hints)
	}
	return &metrics{
		sent: hints.WithLabelValues("sent"), received: hints.WithLabelValues("received"),
		dropped: hints.WithLabelValues("dropped"), invalid: hints.WithLabelValues("invalid"),
	}
}
