//go:build linux

package realtime

import (
	"context"
	"slices"

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

// results is everything that was measured. What was not is nil.
type results struct {
	throughputs []measure.Throughput
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

// trials returns one trial for each shape, document and server, with the servers next to each other.
func (r *run) trials(shapes []trial.Shape) (trials []trial.Trial) {
	for _, s := range shapes {
		for _, document := range trial.Documents {
			for _, kind := range r.options.servers {
				trials = append(trials, trial.Trial{Kind: kind, Shape: s, Document: document})
			}
		}
	}
	return trials
}

func (r *run) measurePressure(ctx context.Context) error {
	for _, t := range r.trials(r.options.shapes) {
		throughput, oneByOne, err := r.Pressure(ctx, t)
		if err != nil {
			return err
		}
		r.results.throughputs = append(r.results.throughputs, throughput)
		r.results.oneByOne = append(r.results.oneByOne, oneByOne)
	}
	return nil
}

// measureFlow leaves out the shape with the most subscribers in one room if there are more than two shapes: on a small
// machine no server is fast enough for it, and then latencies mean nothing.
func (r *run) measureFlow(ctx context.Context) error {
	shapes := slices.Clone(r.options.shapes)
	if len(shapes) > 2 {
		largest := slices.MaxFunc(shapes, func(a, b trial.Shape) int { return a.PerRoom - b.PerRoom })
		shapes = slices.DeleteFunc(shapes, func(s trial.Shape) bool { return s == largest })
	}
	for _, t := range r.trials(shapes) {
		t.FeedInterval = fixture.FeedInterval
		latency, err := r.Flow(ctx, t)
		if err != nil {
			return err
		}
		r.results.flow = append(r.results.flow, latency)
	}
	return nil
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
