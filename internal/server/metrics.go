package server

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// noRoute stands for the route of a request that has none.
const noRoute = "none"

type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	factory := promauto.With(r)
	return &metrics{
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total",
			Help: "Requests answered, by route and status code.",
		}, []string{"route", "code"}),
		durations: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds",
			Help: "Duration of requests by route, without WebSockets.",
		}, []string{"route"}),
	}
}

// count counts a request by its route's pattern. The number of paths would be unbounded, because clients choose them.
func (m *metrics) count(pattern string, code int, took time.Duration) {
	pattern = cmp.Or(pattern, noRoute)
	m.requests.WithLabelValues(pattern, strconv.Itoa(code)).Inc()
	if code != http.StatusSwitchingProtocols {
		m.durations.WithLabelValues(pattern).Observe(took.Seconds())
	}
}
