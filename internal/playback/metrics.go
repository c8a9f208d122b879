package playback

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"antwon.dj/backend/internal/party"
)

// metrics are the metrics of one Supervisor.
type metrics struct {
	rooms  prometheus.Gauge
	health *prometheus.GaugeVec
	calls  *prometheus.CounterVec
	leases *prometheus.CounterVec
	nodes  prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg) // with a nil registerer the metrics work, but are not exported
	m := &metrics{
		rooms: factory.NewGauge(prometheus.GaugeOpts{
			Name: "antwon_playback_rooms", Help: "Rooms whose player this server drives.",
		}),
		health: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "antwon_playback_health", Help: "Rooms whose player this server drives, by health.",
		}, []string{"health"}),
		leases: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_playback_leases_total",
			Help: "Attempts to hold a room's lease, by outcome: " +
				"taken, elsewhere (another node holds it), lost (another node took it over).",
		}, []string{"outcome"}),
		nodes: factory.NewGauge(prometheus.GaugeOpts{
			Name: "antwon_playback_nodes", Help: "Live nodes, including this one, at its last renewal.",
		}),
		calls: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "antwon_playback_calls_total", Help: "Observations of players and commands to them, by kind and outcome.",
		}, []string{"kind", "outcome"}),
	}
	for _, outcome := range []string{leaseTaken, leaseElsewhere, leaseLost} {
		m.leases.WithLabelValues(outcome)
	}
	for _, health := range allHealths {
		m.health.WithLabelValues(string(health))
	}
	return m
}

// measureRenewals registers until when this node holds its leases. The metric is computed when it is read, so that it
// shows a renewal that hangs, too.
func (s *Supervisor) measureRenewals(reg prometheus.Registerer) {
	promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "antwon_playback_alive_until",
		Help: "When this server's leases end unless they are renewed, in seconds since 1970; 0: never renewed.",
	}, func() float64 {
		until := s.aliveUntil.Load()
		if until == nil {
			return 0
		}
		return float64(until.UnixMilli()) / 1000
	})
}

// The outcomes of antwon_playback_leases_total.
const (
	leaseTaken     = "taken"
	leaseElsewhere = "elsewhere"
	leaseLost      = "lost"
)

// allHealths are the values that antwon_playback_health reports from the start.
var allHealths = [...]party.HealthState{
	party.HealthOK, party.HealthNothingToPlay, party.HealthDeviceLost, party.HealthHostTookOver,
	party.HealthReconnectNeeded, party.HealthNotAllowed, party.HealthCoolingDown, party.HealthUnreachable,
}

// moveHealth moves a driven room from one health to another. An empty from or to means that its driver starts or ends.
func (m *metrics) moveHealth(from, to party.HealthState) {
	if from != "" {
		m.health.WithLabelValues(string(from)).Dec()
	}
	if to != "" {
		m.health.WithLabelValues(string(to)).Inc()
	}
}

// countCall counts one call to Spotify, with its fault or nil.
func (m *metrics) countCall(kind string, fault *Fault) {
	outcome := "ok"
	if fault != nil {
		outcome = string(fault.Kind)
	}
	m.calls.WithLabelValues(kind, outcome).Inc()
}
