package gqlserver

import (
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type metrics struct {
	operations    *prometheus.CounterVec
	durations     *prometheus.HistogramVec
	errors        *prometheus.CounterVec
	subscriptions prometheus.Gauge
	connections   prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	factory := promauto.With(r)
	return &metrics{
		operations: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "graphql_operations_total",
			Help: "Operations that ended, by kind (query, mutation, subscription, unknown) and outcome (ok, error, cancelled, rejected).",
		}, []string{"kind", "outcome"}),
		durations: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "graphql_operation_duration_seconds",
			Help:    "How long queries and mutations took to execute, by kind.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"kind"}),
		errors: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "graphql_errors_total",
			Help: "Errors sent to clients, by extensions.code.",
		}, []string{"code"}),
		subscriptions: factory.NewGauge(prometheus.GaugeOpts{
			Name: "graphql_subscriptions_active",
			Help: "Subscriptions that run now.",
		}),
		connections: factory.NewGauge(prometheus.GaugeOpts{
			Name: "graphql_websocket_connections",
			Help: "WebSocket connections that are open now.",
		}),
	}
}

func (m *metrics) countRejected(kind string) {
	m.operations.WithLabelValues(kind, "rejected").Inc()
}

// countErrors goes by the printed code, because a presenter may use a string type of its own.
func (m *metrics) countErrors(errs gqlerror.List) {
	for _, err := range errs {
		code := "none"
		if c := err.Extensions["code"]; c != nil {
			code = fmt.Sprint(c)
		}
		m.errors.WithLabelValues(code).Inc()
	}
}

// run is one operation under way.
type run struct {
	metrics *metrics
	kind    string
	started time.Time
	failed  bool
	ended   bool
}

func (m *metrics) start(kind string) *run {
	if isSubscription(kind) {
		m.subscriptions.Inc()
	}
	return &run{metrics: m, kind: kind, started: time.Now()}
}

// observe takes notice of the operation's next response; nil, or last, is its end. A query or mutation ends with its first.
func (r *run) observe(response *graphql.Response, last bool) {
	if r.ended {
		return
	}
	if response != nil {
		r.metrics.countErrors(response.Errors)
		r.failed = r.failed || len(response.Errors) > 0
	}
	if response == nil || last || !isSubscription(r.kind) {
		r.end(response)
	}
}

// end counts the operation. What a subscription lasts says nothing of how fast it was, so it has no duration.
func (r *run) end(response *graphql.Response) {
	r.ended = true
	if isSubscription(r.kind) {
		r.metrics.subscriptions.Dec()
	} else {
		r.metrics.durations.WithLabelValues(r.kind).Observe(time.Since(r.started).Seconds())
	}
	outcome := "ok"
	switch {
	case r.failed:
		outcome = "error"
	case response == nil && !isSubscription(r.kind):
		outcome = "cancelled"
	}
	r.metrics.operations.WithLabelValues(r.kind, outcome).Inc()
}
