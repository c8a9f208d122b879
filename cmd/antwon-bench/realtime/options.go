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

// options are what the command line selects.
type options struct {
	sizes   measure.Sizes
	servers []string
	only    []string // sections; empty: all
	shapes  []trial.Shape
}

func parseOptions(args []string) (options, error) {
	flags := flag.NewFlagSet("realtime", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "small numbers, to test the tool itself: its figures mean nothing")
	only := flags.String("only", "", "the sections to measure, separated by commas: "+strings.Join(sections, ","))
	servers := flags.String("servers", strings.Join(server.Kinds, ","), "the servers to compare, separated by commas")
	subscribers := flags.String("subscribers", "1000,5000",
		"subscribers of one room; several numbers, separated by commas, are loads of their own")
	rooms := flags.Int("rooms", 100, "rooms of the load with several rooms, with 50 subscribers each; 0: no such load")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	o := options{sizes: measure.FullSizes(), servers: strings.Split(*servers, ",")}
	if *quick {
		o.sizes = measure.QuickSizes()
		*subscribers, *rooms = "100", 4
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	for _, section := range o.only {
		if !slices.Contains(sections, section) {
			return options{}, fmt.Errorf("there is no section %q", section)
		}
	}
	return o, o.addShapes(*subscribers, *rooms)
}

// subscribersPerRoom is how many subscribers a room has if there are several rooms.
const subscribersPerRoom = 50

func (o *options) addShapes(subscribers string, rooms int) error {
	for text := range strings.SplitSeq(subscribers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a number of subscribers", text)
		}
		o.shapes = append(o.shapes, trial.Shape{Rooms: 1, PerRoom: n})
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
