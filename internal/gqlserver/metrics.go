package gqlserver

import (
	"fmt"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

type metrics struct {
	operations    *prometheus.CounterVec
	durations     *prometheus.HistogramVec
	errors        *prometheus.CounterVec
	subscriptions prometheus.Gauge
	waiting       prometheus.Gauge
	executions    *prometheus.CounterVec
	closed        *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	factory := promauto.With(r)
	return &metrics{
		operations: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "graphql_operations_total",
			Help: "Operations that ended, by kind (query, mutation, subscription, unknown) and " +
				"outcome (ok, error, cancelled, rejected).",
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
		waiting: factory.NewGauge(prometheus.GaugeOpts{
			Name: "graphql_websocket_waiting",
			Help: "WebSocket connections that wait for their clients to read.",
		}),
		executions: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "graphql_subscription_executions_total",
			Help: "Executions of subscriptions, by whether the response was for all subscribers (shared=true) or for one.",
		}, []string{"shared"}),
		closed: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "graphql_websocket_closed_total",
			Help: "WebSocket connections that ended, by close code.",
		}, []string{"code"}),
	}
}

// registerGauges registers the gauges that are computed when they are read.
func (m *metrics) registerGauges(r prometheus.Registerer, h *Handler) {
	factory := promauto.With(r)
	gauge := func(name, help string, count func() int) {
		factory.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(count()) })
	}
	gauge("graphql_connections", "WebSockets and streams of events that are open now.", h.connections.count)
	gauge("graphql_shared_streams", "Shared streams, including those that linger without subscribers.", h.streams.count)
}

func (m *metrics) countExecution(shared bool) {
	m.executions.WithLabelValues(strconv.FormatBool(shared)).Inc()
}

func (m *metrics) countClosed(code int) {
	m.closed.WithLabelValues(strconv.Itoa(code)).Inc()
}

func (m *metrics) countRejected(kind string) {
	m.operations.WithLabelValues(kind, "rejected").Inc()
}

// countErrors counts errors by their code. It formats the code, because a presenter may use its own string type.
func (m *metrics) countErrors(errs gqlerror.List) {
	for _, err := range errs {
		code := "none"
		if c := err.Extensions["code"]; c != nil {
			code = fmt.Sprint(c)
		}
		m.errors.WithLabelValues(code).Inc()
	}
}

// operationRun measures one query or mutation.
type operationRun struct {
	metrics *metrics
	kind    string
	started time.Time
	ended   bool
}

func (m *metrics) startOperation(kind string) *operationRun {
	return &operationRun{metrics: m, kind: kind, started: time.Now()}
}

// observe counts the query or mutation, which ends with its first response. Further calls do nothing.
func (r *operationRun) observe(response *graphql.Response) {
	if r.ended {
		return
	}
	r.ended = true
	r.metrics.durations.WithLabelValues(r.kind).Observe(time.Since(r.started).Seconds())
	outcome := "ok"
	switch {
	case response == nil:
		outcome = "cancelled"
	case len(response.Errors) > 0:
		r.metrics.countErrors(response.Errors)
		outcome = "error"
	}
	r.metrics.operations.WithLabelValues(r.kind, outcome).Inc()
}

// countSubscription counts a subscription that has ended.
func (m *metrics) countSubscription(failed bool) {
	outcome := "ok"
	if failed {
		outcome = "error"
	}
	m.operations.WithLabelValues(string(ast.Subscription), outcome).Inc()
}
