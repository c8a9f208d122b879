// Command antwon-bench measures the program on a real database and prints tables.
//
//	antwon-bench [-seconds N] [sqlite] [mysql]
//	antwon-bench likes [-seconds N] [-cpuprofile file] [sqlite] [mysql]
//	antwon-bench slow
//	antwon-bench check
//	antwon-bench realtime [-quick] [-only sections] [-servers names] [-subscribers numbers] [-rooms N] [-docs folder]
//	antwon-bench attack [-binary path] [-only text] [-seconds N]
//
// The first form measures one database after the other: likes per second (package likes), the time from a like's commit
// to a subscriber (package latency), and the time to read a queue and a page of a long list (package reads). It uses
// the MySQL server of the tests, at ANTWON_TEST_MYSQL_URL, and leaves MySQL out if that server does not answer.
//
// The second form measures only the likes, and prints the aims beside them.
//
// The third form measures likes of one room while each round trip to MySQL takes up to 200 ms (package slow).
//
// The fourth form fails if the program has become much slower, compared with bare peers (package check). It needs
// Linux.
//
// The fifth form connects thousands of subscribers to five servers, one at a time (package realtime). It needs Linux.
// docs/benchmarks.md explains what is compared with what, and shows the last run that was given -docs.
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
	"runtime/pprof"
	"syscall"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/attack"
	"antwon.dj/backend/cmd/antwon-bench/check"
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
	case len(args) > 0 && args[0] == "likes":
		return measureLikes(ctx, args[1:], out)
	case len(args) > 0 && args[0] == "check":
		return check.Run(ctx, out)
	case len(args) > 0 && args[0] == "slow":
		return measureSlow(ctx, out)
	case len(args) > 0 && args[0] == "serve": // the command that realtime starts for each server
		return realtime.Serve(ctx, args[1:])
	}
	seconds := flag.Float64("seconds", 2, "how long to measure each rate")
	flag.Parse()
	return measureDatabases(ctx, out, time.Duration(*seconds*float64(time.Second)), flag.Args(), measureDatabase)
}

// measureLikes measures nothing but likes, and writes a profile of the processor time if asked to.
func measureLikes(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("likes", flag.ContinueOnError)
	seconds := flags.Float64("seconds", 2, "how long to measure each rate")
	profile := flags.String("cpuprofile", "", "the file for a profile of the processor time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	perRate := time.Duration(*seconds * float64(time.Second))
	return measureDatabases(ctx, out, perRate, flags.Args(), measureLikesOf)
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
func measureDatabases(ctx context.Context, out io.Writer, perRate time.Duration, kinds []string,
	measure func(ctx context.Context, out io.Writer, kind, databaseURL string, perRate time.Duration) error,
) error {
	if len(kinds) == 0 {
		kinds = []string{"sqlite", "mysql"}
	}
	fmt.Fprintf(out, "%s, %d cores, %s, %s\n",
		runtime.Version(), runtime.NumCPU(), runtime.GOARCH, time.Now().Format(time.DateOnly))
	for _, kind := range kinds {
		if err := withDatabase(ctx, out, kind, perRate, measure); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

// withDatabase measures a new database of a kind, and then deletes it.
func withDatabase(ctx context.Context, out io.Writer, kind string, perRate time.Duration,
	measure func(ctx context.Context, out io.Writer, kind, databaseURL string, perRate time.Duration) error,
) error {
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
	return measure(ctx, out, kind, url, perRate)
}

func measureLikesOf(ctx context.Context, out io.Writer, kind, url string, perRate time.Duration) error {
	if err := likes.Measure(ctx, out, kind, url, perRate); err != nil {
		return fmt.Errorf("likes: %w", err)
	}
	return nil
}

func measureDatabase(ctx context.Context, out io.Writer, kind, url string, perRate time.Duration) error {
	if err := measureLikesOf(ctx, out, kind, url, perRate); err != nil {
		return err
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
