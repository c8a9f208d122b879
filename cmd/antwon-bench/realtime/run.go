//go:build linux

package realtime

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// run measures the selected sections.
type run struct {
	*measure.Bench
	options options
	results results
}

// results has everything that was measured. Figures that were not measured are nil.
type results struct {
	notes       []string // of the machine, and of what was left out
	throughputs []measure.Throughput
	leftOut     []leftOut
	steady      []measure.Latency
	memories    []measure.Memory
	storm       *measure.Storm
	oneByOne    []measure.Latency
	flow        []measure.Latency
	wires       []measure.Wire
	costs       []measure.LikeCost
	executions  *float64
	resumption  *measure.Resumption
	churn       *measure.Churn
}

func (r *run) measure(ctx context.Context) error {
	if err := r.CheckPayloads(ctx, r.options.servers); err != nil {
		return err
	}
	for _, section := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{pressureSection, r.measurePressure},
		{steadySection, r.measureSteady},
		{memorySection, r.measureMemory},
		{stormSection, r.measureStorm},
		{flowSection, r.measureFlow},
		{wireSection, r.measureWire},
		{costSection, r.measureCosts},
		{sharingSection, r.measureSharing},
		{resumeSection, r.measureResume},
		{churnSection, r.measureChurn},
	} {
		if !r.options.selects(section.name) {
			continue
		}
		r.Progress("— %s", section.name)
		if err := section.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// leftOut is a trial that has no figures, and why.
type leftOut struct {
	trial.Trial
	Why string
}

// trials returns one trial for each load and server, with the servers next to each other. It leaves out roomQueue,
// whose messages are long, in the larger rooms, and in many rooms also for servers that execute each subscription
// separately.
func (r *run) trials(shapes []trial.Shape, servers []string) (trials []trial.Trial) {
	for _, s := range shapes {
		for _, document := range trial.Documents {
			if document == trial.QueueDocument && s.Rooms == 1 && s != shapes[0] {
				continue
			}
			for _, kind := range servers {
				if document == trial.QueueDocument && s.Rooms > 1 && executesEach(kind) {
					continue
				}
				trials = append(trials, trial.Trial{Kind: kind, Shape: s, Document: document})
			}
		}
	}
	return trials
}

// tooSlow bounds the time from a like to the last screen. A server that executes each subscription separately and needs
// longer is not measured in larger rooms.
const tooSlow = time.Second

// measurePressure goes on if a server fails, and records that for the table.
func (r *run) measurePressure(ctx context.Context) error {
	slow := map[string]bool{}
	for _, t := range r.trials(r.options.shapes, r.options.servers) {
		if slow[t.Kind] && t.Shape.Rooms == 1 {
			continue
		}
		throughput, oneByOne, err := r.Pressure(ctx, t)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			why := whyItFailed(t, err)
			r.Progress("%v: %s", t, why)
			r.results.leftOut = append(r.results.leftOut, leftOut{t, why})
			if executesEach(t.Kind) && t.Document == trial.ChangesDocument { // it would only time out again
				slow[t.Kind] = true
			}
			continue
		}
		if oneByOne.Last50 > tooSlow && t.Document == trial.ChangesDocument && executesEach(t.Kind) {
			slow[t.Kind] = true
			r.results.leftOut = append(r.results.leftOut, leftOut{t, fmt.Sprintf(
				"a like takes %.1f s to the last screen: not measured in larger rooms", oneByOne.Last50.Seconds())})
		}
		r.results.throughputs = append(r.results.throughputs, throughput)
		r.results.oneByOne = append(r.results.oneByOne, oneByOne)
	}
	return nil
}

// whyItFailed returns the error of a trial in one line, with the last line of the server's log, if there is one:
// clients often do not learn why they were disconnected.
func whyItFailed(t trial.Trial, err error) string {
	why, log, _ := strings.Cut(err.Error(), "\n")
	why = strings.TrimPrefix(why, t.String()+": ")
	lines := strings.Split(strings.TrimSpace(log), "\n")
	for _, mark := range []string{" WARN ", " msg="} { // in centrifuge's log, and in those of the others
		if _, last, found := strings.Cut(lines[len(lines)-1], mark); found {
			return why + "; the server's log: " + last
		}
	}
	return why
}

// measureSteady measures a few likes per second in the largest room.
func (r *run) measureSteady(ctx context.Context) error {
	t := trial.Trial{Document: trial.ChangesDocument, Shape: trial.Shape{Rooms: 1}}
	for _, s := range r.options.shapes {
		if s.Rooms == 1 {
			t.Shape.PerRoom = max(t.Shape.PerRoom, s.PerRoom)
		}
	}
	for _, t.Kind = range r.options.fastServers() {
		latency, err := r.Flow(ctx, t, steadyLikes)
		if err != nil {
			return err
		}
		r.results.steady = append(r.results.steady, latency)
	}
	return nil
}

// steadyLikes is how many likes per second the largest room gets.
const steadyLikes = 10

// flowMost is how many subscribers a room has at most where likes come at a constant rate: on a small machine no server
// is fast enough for more, and then latencies mean nothing.
const flowMost = 1000

func (r *run) measureFlow(ctx context.Context) error {
	shapes := slices.DeleteFunc(slices.Clone(r.options.shapes), func(s trial.Shape) bool { return s.PerRoom > flowMost })
	for _, t := range r.trials(shapes, r.options.fastServers()) {
		t.FeedInterval = fixture.FeedInterval
		latency, err := r.Flow(ctx, t, measure.LikesPerSecond)
		if err != nil {
			return err
		}
		r.results.flow = append(r.results.flow, latency)
	}
	return nil
}

// measureMemory measures idle subscribers of one room, and rooms with one subscriber each.
func (r *run) measureMemory(ctx context.Context) error {
	for _, shape := range r.options.idleShapes() {
		for _, events := range []bool{false, true} {
			if events && shape.Rooms > 1 {
				continue
			}
			r.Progress("memory of idle subscribers, events: %t", events)
			memory, err := r.Memory(ctx, shape, events)
			if err != nil {
				return err
			}
			r.results.memories = append(r.results.memories, memory)
		}
	}
	return nil
}

func (r *run) measureStorm(ctx context.Context) error {
	storm, err := r.Storm(ctx, r.options.storm)
	r.results.storm = &storm
	return err
}

func (r *run) measureWire(ctx context.Context) error {
	for _, room := range []int{0, r.Seed.Large} {
		wire, err := r.Wire(ctx, room)
		if err != nil {
			return err
		}
		r.results.wires = append(r.results.wires, wire)
	}
	return nil
}

func (r *run) measureCosts(ctx context.Context) (err error) {
	r.results.costs, err = r.LikeCosts(ctx, 0, r.Seed.Large)
	return err
}

func (r *run) measureSharing(ctx context.Context) error {
	executions, err := r.Executions(ctx)
	r.results.executions = &executions
	return err
}

func (r *run) measureResume(ctx context.Context) error {
	resumption, err := r.Resume(ctx)
	r.results.resumption = &resumption
	return err
}

func (r *run) measureChurn(ctx context.Context) error {
	churn, err := r.Churn(ctx)
	r.results.churn = &churn
	return err
}
