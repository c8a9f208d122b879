package jukebox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
)

// metrics are what operators see of the rooms.
type metrics struct {
	groupSize   prometheus.Histogram
	loads       *prometheus.HistogramVec
	viewerAsked prometheus.Counter
	sessions    *prometheus.CounterVec
	purged      *prometheus.CounterVec
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
		viewerAsked: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "antwon_shared_viewer_access_total",
			Help: "How often what is sent to many asked who is asking, and failed: always 0, or a field lacks @viewer.",
		}),
	}
	m.sessions = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_sessions_total",
		Help: "Sessions that were started, refreshed or ended by their users, and refreshes that were refused.",
	}, []string{"event"})
	m.purged = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "antwon_purged_total", Help: "Closed rooms, guests and songs that were deleted because nobody needs them any more.",
	}, []string{"kind"})
	for _, kind := range []string{"rooms", "guests", "songs"} {
		m.purged.WithLabelValues(kind)
	}
	for _, event := range []string{sessionStarted, sessionRefreshed, sessionRefused, sessionEnded} {
		m.sessions.WithLabelValues(event)
	}
	reg.MustRegister(m.groupSize, m.loads, m.viewerAsked, m.sessions, m.purged)
	return m
}

const (
	sessionStarted   = "started"
	sessionRefreshed = "refreshed"
	sessionRefused   = "refused"
	sessionEnded     = "ended"
)

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
	gauge("antwon_feeds", "Rooms whose state is followed.", hub.FeedCount)
	gauge("antwon_watchers", "Followers of rooms' states.", hub.WatcherCount)
}
