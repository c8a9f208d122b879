package playback

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	rooms prometheus.Gauge
	calls *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg) // nil: they are counted, and nobody asks
	return &metrics{
		rooms: factory.NewGauge(prometheus.GaugeOpts{
			Name: "antwon_playback_rooms", Help: "Rooms whose player is driven here.",
		}),
		calls: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_playback_calls_total", Help: "Looks at players and commands to them, by kind and outcome.",
		}, []string{"kind", "outcome"}),
	}
}

func (m *metrics) count(kind string, fault *Fault) {
	outcome := "ok"
	if fault != nil {
		outcome = string(fault.Kind)
	}
	m.calls.WithLabelValues(kind, outcome).Inc()
}
