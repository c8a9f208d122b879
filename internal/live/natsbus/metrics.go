package natsbus

import "github.com/prometheus/client_golang/prometheus"

// metrics are what operators see of the bus.
type metrics struct {
	sent, received, dropped, invalid prometheus.Counter
}

// newMetrics counts, and shows it if reg is not nil.
func newMetrics(reg prometheus.Registerer, connected func() bool) *metrics {
	up := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "antwon_nats_connected", Help: "Whether hints reach other servers over NATS: 1 or 0.",
	}, func() float64 {
		if connected() {
			return 1
		}
		return 0
	})
	hints := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_nats_hints_total",
		Help: "Hints sent to and received from other servers; dropped because they could not be sent at once; invalid messages.",
	}, []string{"outcome"})
	if reg != nil {
		reg.MustRegister(up, hints)
	}
	return &metrics{
		sent: hints.WithLabelValues("sent"), received: hints.WithLabelValues("received"),
		dropped: hints.WithLabelValues("dropped"), invalid: hints.WithLabelValues("invalid"),
	}
}
