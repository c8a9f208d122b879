package likes

import (
	"context"
	"testing"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// The likes and unlikes of one caller on SQLite, through the program and with bare SQL: for profiles, and to compare
// their allocations.
func BenchmarkLikesOfOneCaller(b *testing.B) {
	url, drop, err := fixture.CreateDatabase("sqlite")
	if err != nil {
		b.Fatal(err)
	}
	defer drop()
	app, err := fixture.NewApp(b.Context(), url, 1)
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	bare, err := prepareBareSQL(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.close()
	c := comparison{app: app, bare: bare, rooms: app.Rooms}
	if err := c.addCallers(b.Context(), 1); err != nil {
		b.Fatal(err)
	}
	for _, through := range []struct {
		name   string
		toggle func(ctx context.Context, i, n int) error
	}{{"antwon", c.toggle}, {"bare SQL", c.toggleBare}} {
		b.Run(through.name, func(b *testing.B) {
			b.ReportAllocs()
			before, n := processorTime(), 0
			toggle := func() {
				if err := through.toggle(b.Context(), 0, n); err != nil {
					b.Fatal(err)
				}
				n++
			}
			for b.Loop() {
				toggle()
			}
			if n%2 != 0 { // every like is taken back
				toggle()
			}
			b.ReportMetric(stats.Microseconds(processorTime()-before)/float64(n), "CPU-µs/op")
		})
	}
}
