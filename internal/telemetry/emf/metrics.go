package emf

import (
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// metric is a metric that is written.
type metric struct {
	name   string
	unit   string // as CloudWatch names it
	counts bool   // it is a counter, and its increase is written
	value  func(g gathered, now time.Time) float64
}

// silentRooms is the name of a label, and the values that it has for rooms whose host has to do something, or about
// which Spotify does not answer.
var silentRooms = []string{"health", "RECONNECT_NEEDED", "NOT_ALLOWED", "UNREACHABLE"}

// table has the metrics that are written. Each metric costs money, so the table has only those that an alarm, the
// dashboard or the scaling of the service uses.
var table = []metric{
	{"Connections", "Count", false, sum("graphql_connections")},
	{"SlowClients", "Count", false, sum("graphql_websocket_waiting")},
	{"Requests", "Count", true, sum("http_requests_total")},
	{"ServerErrors", "Count", true, sum("http_requests_total", "code", "5")},
	{"InternalErrors", "Count", true, sum("graphql_errors_total", "code", "INTERNAL_SERVER_ERROR")},
	{"DatabaseErrors", "Count", true, sum("antwon_sql_seconds", "outcome", "error")},
	{"Rooms", "Count", false, sum("antwon_playback_rooms")},
	{"SilentRooms", "Count", false, sum("antwon_playback_health", silentRooms...)},
	{"Drivers", "Count", false, sum("antwon_playback_nodes")},
	{"LeasesLost", "Count", true, sum("antwon_playback_leases_total", "outcome", "lost")},
	{"LeasesOverdue", "Seconds", false, since("antwon_playback_alive_until")},
	{"SpotifyErrors", "Count", true, sum("antwon_spotify_calls_total", "status", "0", "5")},
	{"SpotifyPause", "Seconds", false, untilNow("antwon_spotify_paused_until")},
}

// gathered are the values of all metrics, by the name of their family.
type gathered map[string][]*dto.Metric

func read(families []*dto.MetricFamily) gathered {
	g := gathered{}
	for _, family := range families {
		g[family.GetName()] = family.GetMetric()
	}
	return g
}

// sum returns a function that adds up the values of a family; for a histogram, its number of observations. label is
// empty, or has the name of a label and prefixes: then only metrics count whose label begins with one of the prefixes.
func sum(family string, label ...string) func(gathered, time.Time) float64 {
	return func(g gathered, _ time.Time) (total float64) {
		for _, m := range g[family] {
			if len(label) == 0 || hasLabel(m, label[0], label[1:]) {
				total += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
		return total
	}
}

func hasLabel(m *dto.Metric, name string, prefixes []string) bool {
	return slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool {
		return l.GetName() == name && slices.ContainsFunc(prefixes, func(prefix string) bool {
			return strings.HasPrefix(l.GetValue(), prefix)
		})
	})
}

// since returns a function for a family that is a time, in seconds since 1970. The function returns how many seconds
// ago it was; 0: it is in the future, or there is none.
func since(family string) func(gathered, time.Time) float64 {
	return func(g gathered, now time.Time) float64 {
		at := sum(family)(g, now)
		if at == 0 {
			return 0
		}
		return max(0, float64(now.Unix())-at)
	}
}

// untilNow returns a function for a family that is a time, in seconds since 1970. The function returns in how many
// seconds it will be; 0: it has passed.
func untilNow(family string) func(gathered, time.Time) float64 {
	return func(g gathered, now time.Time) float64 {
		return max(0, sum(family)(g, now)-float64(now.Unix()))
	}
}
