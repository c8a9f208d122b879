// Command antwon-bench measures the rooms on a real database and prints tables.
//
//	antwon-bench [-seconds N] [sqlite] [mysql]
//	antwon-bench realtime [-quick] [-only sections] [-servers names] [-subscribers numbers] [-rooms N]
//
// The first compares likes a second with the rate of the bare SQL statements of one like, and measures the time from a
// like's commit to its arrival at a subscriber, and the times to read a queue, and pages of a long history and a long log.
// MySQL is looked for as by the tests (ANTWON_TEST_MYSQL_URL). The second puts thousands of subscribers on the program's
// server, on gqlgen's own transport, and on a broadcast without GraphQL, each a process of its own. docs/benchmarks.md tells
// what is compared with what.
//
// Every figure is of this machine at this moment: compare only those of one run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"antwon.dj/backend/internal/testdb"
)

func main() {
	if err := command(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	switch {
	case len(args) > 0 && args[0] == "realtime":
		return realtime(ctx, args[1:], os.Stdout)
	case len(args) > 0 && args[0] == "serve": // what realtime starts
		return serve(ctx, args[1:])
	}
	seconds := flag.Float64("seconds", 2, "how long to measure each rate")
	flag.Parse()
	return run(ctx, time.Duration(*seconds*float64(time.Second)), flag.Args())
}

func run(ctx context.Context, each time.Duration, databases []string) error {
	if len(databases) == 0 {
		databases = []string{"sqlite", "mysql"}
	}
	fmt.Printf("%s, %d cores, %s, %s\n", runtime.Version(), runtime.NumCPU(), runtime.GOARCH, time.Now().Format(time.DateOnly))
	for _, kind := range databases {
		if err := benchDatabase(ctx, kind, each); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func benchDatabase(ctx context.Context, kind string, each time.Duration) error {
	url, drop, err := open(kind)
	if err != nil && kind == "mysql" {
		fmt.Printf("\nMySQL left out: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer drop()
	fmt.Printf("\n%s\n", kind)
	if err := benchLikes(ctx, url, each); err != nil {
		return fmt.Errorf("likes: %w", err)
	}
	if err := benchArrival(ctx, url); err != nil {
		return fmt.Errorf("arrival: %w", err)
	}
	if err := benchOrders(ctx, url); err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	if err := benchQueue(ctx, url); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return benchPages(ctx, url)
}

func open(kind string) (url string, drop func(), err error) {
	switch kind {
	case "sqlite":
		folder, err := os.MkdirTemp(".", "bench-") // on the disk that a server would use, not in a memory file system
		if err != nil {
			return "", nil, err
		}
		return "sqlite:" + filepath.Join(folder, "bench.db"), func() { _ = os.RemoveAll(folder) }, nil
	case "mysql":
		return testdb.CreateMySQL()
	}
	return "", nil, fmt.Errorf("unknown database %q: want sqlite or mysql", kind)
}
