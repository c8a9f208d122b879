package jukebox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// metrics are what operators see of the rooms.
type metrics struct {
	groupSize prometheus.Histogram
	loads     *prometheus.HistogramVec
	purged    *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		groupSize: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "antwon_change_group_size", Help: "Changes that shared a transaction.", Buckets: prometheus.ExponentialBuckets(1, 2, 6),
		}),
		loads: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "antwon_feed_load_seconds", Help: "Time to load what is new in a room, by outcome.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 8),
		}, []string{"outcome"}),
	}
	m.purged = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_purged_total", Help: "Closed rooms, guests and songs that were deleted because nobody needs them any more.",
	}, []string{"kind"})
	for _, kind := range []string{"rooms", "guests", "songs"} {
		m.purged.WithLabelValues(kind)
	}
	reg.MustRegister(m.groupSize, m.loads, m.purged)
	return m
}

func (m *metrics) observeLoad(d time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.loads.WithLabelValues(outcome).Observe(d.Seconds())
}

func (m *metrics) watch(reg prometheus.Registerer, hub *live.Hub[*party.State]) {
	gauge := func(name, help string, value func() int) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
	}
	gauge("antwon_feeds", "Rooms whose state is followed.", hub.Feeds)
	gauge("antwon_watchers", "Followers of rooms' states.", hub.Watching)
}
