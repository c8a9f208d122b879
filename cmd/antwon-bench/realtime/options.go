//go:build linux

package realtime

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// The sections of a run.
const (
	pressureSection = "pressure"
	steadySection   = "steady"
	memorySection   = "memory"
	stormSection    = "storm"
	flowSection     = "flow"
	wireSection     = "wire"
	costSection     = "cost"
	sharingSection  = "sharing"
	resumeSection   = "resume"
	churnSection    = "churn"
)

var sections = []string{
	pressureSection, steadySection, memorySection, stormSection, flowSection, wireSection, costSection, sharingSection,
	resumeSection, churnSection,
}

// options are what the command line selects.
type options struct {
	sizes   measure.Sizes
	servers []string
	missing []string // servers that were left out, and why
	peers   server.Peers
	docs    string   // the directory with benchmarks.md; empty: it is not written
	only    []string // sections; empty: all
	shapes  []trial.Shape
	idle    []int // numbers of idle subscribers of one room
	storm   int   // connections of which only a third behaves
}

func parseOptions(args []string) (o options, err error) {
	flags := flag.NewFlagSet("realtime", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "small numbers, to test the tool itself: its figures mean nothing")
	only := flags.String("only", "", "the sections to measure, separated by commas: "+strings.Join(sections, ","))
	servers := flags.String("servers", strings.Join(server.Kinds, ","), "the servers to compare, separated by commas")
	flags.StringVar(&o.peers.Centrifuge, "centrifuge", "bin/bench-centrifuge", "the program of peers/centrifuge")
	flags.StringVar(&o.peers.Yoga, "yoga", "cmd/antwon-bench/peers/yoga", "the directory of Node's server")
	flags.StringVar(&o.docs, "docs", "",
		"the directory whose benchmarks.md and benchmarks.svg are renewed, unless options change what is measured")
	subscribers := flags.String("subscribers", "1000,5000,10000,20000",
		"subscribers of one room; several numbers, separated by commas, are loads of their own")
	rooms := flags.Int("rooms", 100, "rooms of the load with several rooms, with 50 subscribers each; 0: no such load")
	idle := flags.String("idle", "5000",
		"subscribers whose memory is measured; no more than there may be open files")
	storm := flags.Int("storm", 6_000, "connections of which a third stalls and a third resets; at most the open files")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	flags.Visit(func(f *flag.Flag) {
		if !slices.Contains([]string{"docs", "centrifuge", "yoga"}, f.Name) {
			o.docs = "" // only some of the figures will be measured, or others
		}
	})
	o.sizes = measure.FullSizes()
	o.chooseServers(strings.Split(*servers, ","))
	if *quick {
		o.sizes = measure.QuickSizes()
		*subscribers, *idle, *rooms, *storm = "100", "100", 4, 90
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	for _, section := range o.only {
		if !slices.Contains(sections, section) {
			return options{}, fmt.Errorf("there is no section %q", section)
		}
	}
	o.storm = min(*storm, server.MostConnections())
	if o.idle, err = parseCounts(*idle); err != nil {
		return o, err
	}
	return o, o.addShapes(*subscribers, *rooms)
}

// chooseServers leaves out the servers that cannot be started here, and says why.
func (o *options) chooseServers(kinds []string) {
	for _, kind := range kinds {
		if lacks := o.peers.Missing(kind); lacks != "" {
			o.missing = append(o.missing, kind+" left out: it needs "+lacks)
			continue
		}
		o.servers = append(o.servers, kind)
	}
}

func parseCounts(text string) (counts []int, err error) {
	for one := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of subscribers", one)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// idleShapes are the shapes in which subscribers do nothing.
func (o *options) idleShapes() (shapes []trial.Shape) {
	for _, n := range o.idle {
		shapes = append(shapes, trial.Shape{Rooms: 1, PerRoom: min(n, server.MostConnections())})
	}
	for _, s := range o.shapes {
		if s.Rooms > 1 {
			shapes = append(shapes, trial.Shape{Rooms: s.Rooms, PerRoom: 1})
		}
	}
	return shapes
}

// subscribersPerRoom is how many subscribers a room has if there are several rooms.
const subscribersPerRoom = 50

func (o *options) addShapes(subscribers string, rooms int) error {
	counts, err := parseCounts(subscribers)
	if err != nil {
		return err
	}
	for _, n := range counts {
		o.shapes = append(o.shapes, trial.Shape{Rooms: 1, PerRoom: min(n, server.MostConnections())})
	}
	if rooms > 0 {
		o.shapes = append(o.shapes, trial.Shape{Rooms: rooms, PerRoom: subscribersPerRoom})
	}
	return nil
}

// maxRooms is how many rooms the seed needs.
func (o *options) maxRooms() int {
	most := 1
	for _, s := range o.shapes {
		most = max(most, s.Rooms)
	}
	return most
}

func (o *options) selects(section string) bool {
	return len(o.only) == 0 || slices.Contains(o.only, section)
}

// fastServers returns the selected servers that do not execute each subscription separately.
func (o *options) fastServers() []string {
	return slices.DeleteFunc(slices.Clone(o.servers), executesEach)
}

// executesEach reports whether a kind of server executes each subscription separately.
func executesEach(kind string) bool { return kind == server.Stock || kind == server.Yoga }
