package playback

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"antwon.dj/backend/internal/party"
)

type metrics struct {
	rooms  prometheus.Gauge
	health *prometheus.GaugeVec
	calls  *prometheus.CounterVec
	leases *prometheus.CounterVec
	nodes  prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg) // nil: they are counted, and nobody asks
	m := &metrics{
		rooms: factory.NewGauge(prometheus.GaugeOpts{
			Name: "antwon_playback_rooms", Help: "Rooms whose player is driven here.",
		}),
		health: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "antwon_playback_health", Help: "Rooms whose player is driven here, by their health.",
		}, []string{"health"}),
		leases: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_playback_leases_total",
			Help: "Rights to drive a room's player: taken, elsewhere (another server has it), lost (another server took it over).",
		}, []string{"outcome"}),
		nodes: factory.NewGauge(prometheus.GaugeOpts{
			Name: "antwon_playback_nodes", Help: "Servers that drive players, this one included, as far as it knows.",
		}),
		calls: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_playback_calls_total", Help: "Looks at players and commands to them, by kind and outcome.",
		}, []string{"kind", "outcome"}),
	}
	for _, outcome := range []string{leaseTaken, leaseElsewhere, leaseLost} {
		m.leases.WithLabelValues(outcome)
	}
	for _, health := range healths {
		m.health.WithLabelValues(string(health))
	}
	return m
}

const (
	leaseTaken     = "taken"
	leaseElsewhere = "elsewhere"
	leaseLost      = "lost"
)

var healths = [...]party.HealthState{
	party.HealthOK, party.HealthNothingToPlay, party.HealthDeviceLost, party.HealthHostTookOver,
	party.HealthReconnectNeeded, party.HealthNotAllowed, party.HealthCoolingDown, party.HealthUnreachable,
}

// changed counts a room from one health to another; empty: it is not driven.
func (m *metrics) changed(from, to party.HealthState) {
	if from != "" {
		m.health.WithLabelValues(string(from)).Dec()
	}
	if to != "" {
		m.health.WithLabelValues(string(to)).Inc()
	}
}

func (m *metrics) count(kind string, fault *Fault) {
	outcome := "ok"
	if fault != nil {
		outcome = string(fault.Kind)
	}
	m.calls.WithLabelValues(kind, outcome).Inc()
}
