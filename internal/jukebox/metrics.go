package jukebox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// metrics are the measurements of this package for operators.
type metrics struct {
	groupSize prometheus.Histogram
	loads     *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		groupSize: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "antwon_change_group_size", Help: "Number of changes that shared a transaction.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 8),
		}),
		loads: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "antwon_feed_load_seconds", Help: "Time to load the newest state of a room, by outcome.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 8),
		}, []string{"outcome"}),
	}
	reg.MustRegister(m.groupSize, m.loads)
	return m
}

// observeLoad records one load of a state; it is an OnLoad of live.Options.
func (m *metrics) observeLoad(d time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.loads.WithLabelValues(outcome).Observe(d.Seconds())
}

// registerHub registers the gauges that read the hub.
func (m *metrics) registerHub(reg prometheus.Registerer, hub *live.Hub[*party.State]) {
	gauge := func(name, help string, value func() int) {
		opts := prometheus.GaugeOpts{Name: name, Help: help}
		reg.MustRegister(prometheus.NewGaugeFunc(opts, func() float64 { return float64(value()) }))
	}
	gauge("antwon_feeds", "Number of rooms whose state is loaded for watchers.", hub.FeedCount)
	gauge("antwon_watchers", "Number of watchers of rooms' states.", hub.WatcherCount)
}
