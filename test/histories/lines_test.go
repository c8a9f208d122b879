package histories_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"antwon.dj/backend/internal/testport"
)

// line is a connection between two processes that can be cut, delayed and black-holed.
type line struct {
	*toxiproxy.Proxy
	tb      testing.TB
	address string // a copy of the proxy's, because toxiproxy overwrites that one whenever the line is healed
}

var lines = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())

// newLine opens a line to an address.
func newLine(tb testing.TB, name, upstream string) *line {
	tb.Helper()
	l := &line{Proxy: toxiproxy.NewProxy(lines, name, testport.FreeAddress(tb), upstream), tb: tb}
	if err := l.Start(); err != nil {
		tb.Fatal(err)
	}
	l.address = l.Listen
	tb.Cleanup(l.Stop)
	return l
}

// cut ends all connections and refuses new ones, until heal.
func (l *line) cut() { l.Stop() }

// delay delays everything in both directions.
func (l *line) delay(milliseconds int) {
	for _, stream := range []string{"upstream", "downstream"} {
		l.toxic(fmt.Sprintf(`{"name": "%s", "type": "latency", "stream": "%[1]s",
			"attributes": {"latency": %d, "jitter": %d}}`, stream, milliseconds, milliseconds/2))
	}
}

// blackHole drops everything in both directions without ending connections, so neither end notices.
func (l *line) blackHole() {
	for _, stream := range []string{"upstream", "downstream"} {
		l.toxic(fmt.Sprintf(`{"name": "%s", "type": "timeout", "stream": "%[1]s", "attributes": {"timeout": 0}}`, stream))
	}
}

func (l *line) toxic(description string) {
	if _, err := l.Toxics.AddToxicJson(strings.NewReader(description)); err != nil {
		l.tb.Error(err)
	}
}

// heal makes the line work normally again. Connections that were black-holed end, because toxiproxy has dropped what
// was sent over them.
func (l *line) heal() {
	l.Toxics.ResetToxics(context.Background())
	if !l.Enabled {
		if err := l.Start(); err != nil {
			l.tb.Error(err)
		}
	}
}
