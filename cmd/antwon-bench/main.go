// Command antwon-bench measures the rooms on a real database and prints tables: likes a second beside the rate of the bare
// SQL statements of one like, the time from a like's commit to its arrival at a subscriber, and the time to read a queue.
//
//	antwon-bench [-seconds N] [sqlite] [mysql]
//
// MySQL is looked for as by the tests (ANTWON_TEST_MYSQL_URL). Every figure is of this machine at this moment: compare only
// those of one run.
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
	seconds := flag.Float64("seconds", 2, "how long to measure each rate")
	flag.Parse()
	if err := run(context.Background(), time.Duration(*seconds*float64(time.Second)), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
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
	return benchQueue(ctx, url)
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
