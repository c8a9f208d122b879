// Command antwon-bench measures the program on a real database and prints tables.
//
//	antwon-bench [-seconds N] [sqlite] [mysql]
//	antwon-bench slow
//	antwon-bench realtime [-quick] [-only sections] [-servers names] [-subscribers numbers] [-rooms N]
//	antwon-bench attack [-binary path] [-only text] [-seconds N]
//
// The first form measures one database after the other: likes per second (package likes), the time from a like's commit
// to a subscriber (package latency), and the time to read a queue and a page of a long list (package reads). It uses
// the MySQL server of the tests, at ANTWON_TEST_MYSQL_URL, and leaves MySQL out if that server does not answer.
//
// The second form measures likes of one room while each round trip to MySQL takes up to 200 ms (package slow).
//
// The third form connects thousands of subscribers to three servers, one at a time (package realtime). It needs Linux.
// docs/benchmarks.md explains what is compared with what.
//
// The last form attacks the program with expensive operations while a bystander uses it (package attack). It needs
// Linux, too.
//
// SIGINT and SIGTERM end a measurement, and delete its databases.
//
// Figures depend on the machine and vary between runs: compare only figures of the same run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/attack"
	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/latency"
	"antwon.dj/backend/cmd/antwon-bench/likes"
	"antwon.dj/backend/cmd/antwon-bench/reads"
	"antwon.dj/backend/cmd/antwon-bench/realtime"
	"antwon.dj/backend/cmd/antwon-bench/slow"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	switch {
	case len(args) > 0 && args[0] == "realtime":
		return realtime.Run(ctx, args[1:], out)
	case len(args) > 0 && args[0] == "attack":
		return attack.Run(ctx, args[1:], out)
	case len(args) > 0 && args[0] == "slow":
		return measureSlow(ctx, out)
	case len(args) > 0 && args[0] == "serve": // the command that realtime starts for each server
		return realtime.Serve(ctx, args[1:])
	}
	seconds := flag.Float64("seconds", 2, "how long to measure each rate")
	flag.Parse()
	return measureDatabases(ctx, out, time.Duration(*seconds*float64(time.Second)), flag.Args())
}

func measureSlow(ctx context.Context, out io.Writer) error {
	url, drop, err := fixture.CreateDatabase("mysql")
	if err != nil {
		return err
	}
	defer drop()
	return slow.Measure(ctx, out, url, 20*time.Second) // several transactions, however slow they are
}

// measureDatabases measures the named kinds of database, or all if none is named.
func measureDatabases(ctx context.Context, out io.Writer, perRate time.Duration, kinds []string) error {
	if len(kinds) == 0 {
		kinds = []string{"sqlite", "mysql"}
	}
	fmt.Fprintf(out, "%s, %d cores, %s, %s\n",
		runtime.Version(), runtime.NumCPU(), runtime.GOARCH, time.Now().Format(time.DateOnly))
	for _, kind := range kinds {
		if err := measureDatabase(ctx, out, kind, perRate); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func measureDatabase(ctx context.Context, out io.Writer, kind string, perRate time.Duration) error {
	url, drop, err := fixture.CreateDatabase(kind)
	if err != nil && kind == "mysql" {
		fmt.Fprintf(out, "\nMySQL left out: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer drop()
	fmt.Fprintf(out, "\n%s\n", kind)
	if err := likes.Measure(ctx, out, url, perRate); err != nil {
		return fmt.Errorf("likes: %w", err)
	}
	if err := latency.Measure(ctx, out, url); err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	if err := latency.MeasureOrderModes(ctx, out, url); err != nil {
		return fmt.Errorf("latency in each order mode: %w", err)
	}
	if err := reads.MeasureQueue(ctx, out, url); err != nil {
		return fmt.Errorf("reading a queue: %w", err)
	}
	if err := reads.MeasurePages(ctx, out, url); err != nil {
		return fmt.Errorf("reading pages: %w", err)
	}
	return nil
}
