//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bench is a run of the realtime measurements: how large they are, and where the seed is.
type bench struct {
	folder  string
	seed    *seed
	servers []string
	only    []string // sections; empty: all
	shapes  []shape
	started time.Time

	floodFor      time.Duration // how long likes come at their own pace
	oneByOneFor   time.Duration // how long likes wait for each other, or until there were so many of them
	likesOneByOne int
	costLikes     int // likes whose processor time is measured
	resumes       int // clients that come back after a restart
	churns, wave  int // connections that come and go, in waves
}

// The sections of a run.
const (
	pressureSection = "pressure"
	flowSection     = "flow"
	wireSection     = "wire"
	costSection     = "cost"
	sharingSection  = "sharing"
	resumeSection   = "resume"
	churnSection    = "churn"
)

var sections = []string{
	pressureSection, flowSection, wireSection, costSection, sharingSection, resumeSection, churnSection,
}

// realtime is the command: it puts the same load on the program's server, on gqlgen's own transport, and on a broadcast
// without GraphQL, and prints what they did beside what is aimed at.
func realtime(ctx context.Context, args []string, out io.Writer) error {
	b, err := parseRealtime(args)
	if err != nil {
		return err
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp(".", "bench-"); err != nil { // on the disk that a server would use
		return err
	}
	defer os.RemoveAll(b.folder)
	b.progress("filling the rooms")
	if b.seed, err = sow(ctx, b.folder, b.rooms()); err != nil {
		return err
	}
	results := &results{bench: b}
	if err := results.measure(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %d cores, %s, %s, in %v\n", runtime.Version(), runtime.NumCPU(), runtime.GOARCH,
		time.Now().Format(time.DateOnly), time.Since(b.started).Round(time.Second))
	results.print(out)
	return nil
}

func parseRealtime(args []string) (*bench, error) {
	b := &bench{started: time.Now()}
	flags := flag.NewFlagSet("realtime", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "small numbers, to try the tool itself: its figures mean nothing")
	only := flags.String("only", "", "sections, by commas: "+strings.Join(sections, ","))
	servers := flags.String("servers", strings.Join([]string{stockServer, antwonServer, bareServer}, ","), "which servers to compare")
	subscribers := flags.String("subscribers", "1000,5000", "subscribers of one room; by commas, each a load of its own")
	rooms := flags.Int("rooms", 100, "rooms of the load with several of them, with 50 subscribers each; 0: no such load")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	b.size(*quick)
	if *quick {
		*subscribers, *rooms = "100", 4
	}
	b.servers = strings.Split(*servers, ",")
	if *only != "" {
		b.only = strings.Split(*only, ",")
	}
	for _, section := range b.only {
		if !slices.Contains(sections, section) {
			return nil, fmt.Errorf("there is no section %q", section)
		}
	}
	return b, b.setShapes(*subscribers, *rooms)
}

// size sets how long everything takes.
func (b *bench) size(quick bool) {
	b.floodFor, b.oneByOneFor, b.likesOneByOne = 2*time.Second, 3*time.Second, 150
	b.costLikes, b.resumes, b.churns, b.wave = 200, 1000, 10_000, 500
	if quick {
		b.floodFor, b.oneByOneFor, b.likesOneByOne = 400*time.Millisecond, 300*time.Millisecond, 20
		b.costLikes, b.resumes, b.churns, b.wave = 30, 100, 200, 50
	}
}

const subscribersOfRoom = 50 // where there are several rooms

func (b *bench) setShapes(subscribers string, rooms int) error {
	for text := range strings.SplitSeq(subscribers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("%q subscribers", text)
		}
		b.shapes = append(b.shapes, shape{1, n})
	}
	if rooms > 0 {
		b.shapes = append(b.shapes, shape{rooms, subscribersOfRoom})
	}
	return nil
}

// rooms is how many the seed needs.
func (b *bench) rooms() int {
	most := 1
	for _, s := range b.shapes {
		most = max(most, s.rooms)
	}
	return most
}

func (b *bench) wants(section string) bool {
	return len(b.only) == 0 || slices.Contains(b.only, section)
}

// progress tells on standard error what goes on.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(b.started).Seconds(), fmt.Sprintf(format, args...))
}
