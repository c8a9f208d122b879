package spotify

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

func callsCounter(metrics prometheus.Registerer) *prometheus.CounterVec {
	return promauto.With(metrics).NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_spotify_calls_total", Help: "Requests to Spotify, by what was asked and the status (0: no answer).",
	}, []string{"call", "status"})
}

func callsHistogram(metrics prometheus.Registerer) *prometheus.HistogramVec {
	return promauto.With(metrics).NewHistogramVec(prometheus.HistogramOpts{
		Name: "antwon_spotify_call_seconds", Help: "Time until Spotify answered a request, by what was asked.",
		Buckets: prometheus.ExponentialBuckets(0.01, 2, 11),
	}, []string{"call"})
}

// measure shows the limiter's state whenever somebody looks at the metrics.
func (l *limiter) measure(metrics prometheus.Registerer) {
	gauge := func(name, help string, labels prometheus.Labels, value func(now time.Time) float64) {
		promauto.With(metrics).NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, func() float64 {
			l.mu.Lock()
			defer l.mu.Unlock()
			return value(time.Now())
		})
	}
	gauge("antwon_spotify_requests_left", "Requests that may be sent to the Web API now.", nil,
		func(now time.Time) float64 { return float64(max(0, l.budget.left(now))) })
	gauge("antwon_spotify_paused_until", "When the pause ends that Spotify asked for, in seconds since 1970; 0: there is none.", nil,
		func(now time.Time) float64 {
			if l.pause.left(now) <= 0 {
				return 0
			}
			return float64(l.pause.until.UnixMilli()) / 1000
		})
	for p := range priorities {
		gauge("antwon_spotify_waiting", "Requests that wait for their turn.", prometheus.Labels{"priority": priority(p).String()},
			func(time.Time) float64 { return float64(len(l.waiting[p])) })
	}
}
