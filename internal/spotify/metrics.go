package spotify

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

func newRequestCounter(metrics prometheus.Registerer) *prometheus.CounterVec {
	return promauto.With(metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_spotify_calls_total", Help: "Requests to Spotify, by call and response status (0: no response).",
	}, []string{"call", "status"})
}

func newRequestHistogram(metrics prometheus.Registerer) *prometheus.HistogramVec {
	return promauto.With(metrics).NewHistogramVec(prometheus.HistogramOpts{
		Name: "antwon_spotify_call_seconds", Help: "Time until Spotify responded to a request, by call.",
		Buckets: prometheus.ExponentialBuckets(0.01, 2, 11),
	}, []string{"call"})
}

// registerMetrics registers gauges that read the limiter's state whenever metrics are collected.
func (l *limiter) registerMetrics(metrics prometheus.Registerer) {
	gauge := func(name, help string, labels prometheus.Labels, value func(now time.Time) float64) {
		opts := prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}
		promauto.With(metrics).NewGaugeFunc(opts, func() float64 {
			l.mu.Lock()
			defer l.mu.Unlock()
			return value(time.Now())
		})
	}
	gauge("antwon_spotify_requests_left", "Requests to the Web API that the budget allows now.", nil,
		func(now time.Time) float64 { return float64(max(0, l.budget.left(now))) })
	gauge("antwon_spotify_paused_until", "End of the pause after a 429, in seconds since 1970; 0: no pause.", nil,
		func(now time.Time) float64 {
			if l.pause.remaining(now) <= 0 {
				return 0
			}
			return float64(l.pause.until.UnixMilli()) / 1000
		})
	for p := range priorityCount {
		labels := prometheus.Labels{"priority": priority(p).String()}
		gauge("antwon_spotify_waiting", "Requests that wait for the limiter.", labels,
			func(time.Time) float64 { return float64(len(l.waiting[p])) })
	}
}
