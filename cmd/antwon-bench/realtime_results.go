//go:build linux

package main

import (
	"context"
	"slices"
)

// results is everything that was measured; what was left out is nil.
type results struct {
	*bench
	throughputs []throughput
	oneByOne    []latency
	flow        []latency
	wires       []wire
	costs       []likeCost
	executions  *float64
	resumed     *resumption
	churned     *churn
}

func (r *results) measure(ctx context.Context) error {
	if err := r.checkSameBytes(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		section string
		measure func(context.Context) error
	}{
		{pressureSection, r.measurePressures},
		{flowSection, r.measureFlows},
		{wireSection, r.measureWires},
		{costSection, r.measureCosts},
		{sharingSection, r.measureExecutions},
		{resumeSection, r.measureResumption},
		{churnSection, r.measureChurning},
	} {
		if !r.wants(step.section) {
			continue
		}
		r.progress("— %s", step.section)
		if err := step.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// trials are all servers in turns, under each load.
func (r *results) trials(shapes []shape) (trials []trial) {
	for _, s := range shapes {
		for _, document := range []string{queueDocument, changesDocument} {
			for _, kind := range r.servers {
				trials = append(trials, trial{kind: kind, shape: s, document: document})
			}
		}
	}
	return trials
}

func (r *results) measurePressures(ctx context.Context) error {
	for _, t := range r.trials(r.shapes) {
		pressed, calm, err := r.measurePressure(ctx, t)
		if err != nil {
			return err
		}
		r.throughputs, r.oneByOne = append(r.throughputs, pressed), append(r.oneByOne, calm)
	}
	return nil
}

// measureFlows leaves out the largest crowd of one room: on a small machine no server keeps pace with it, and how late it
// then is says nothing.
func (r *results) measureFlows(ctx context.Context) error {
	shapes := slices.Clone(r.shapes)
	if largest := slices.MaxFunc(shapes, func(a, b shape) int { return a.each - b.each }); len(shapes) > 2 {
		shapes = slices.DeleteFunc(shapes, func(s shape) bool { return s == largest })
	}
	for _, t := range r.trials(shapes) {
		t.interval = feedInterval
		result, err := r.measureFlow(ctx, t)
		if err != nil {
			return err
		}
		r.flow = append(r.flow, result)
	}
	return nil
}

func (r *results) measureWires(ctx context.Context) error {
	for _, room := range []int{0, r.seed.Big} {
		result, err := r.measureWire(ctx, room)
		if err != nil {
			return err
		}
		if result.deflated, err = r.measureCompressed(ctx, room); err != nil {
			return err
		}
		r.wires = append(r.wires, result)
	}
	return nil
}

func (r *results) measureCosts(ctx context.Context) (err error) {
	r.costs, err = r.measureLikeCosts(ctx, 0, r.seed.Big)
	return err
}

func (r *results) measureExecutions(ctx context.Context) error {
	executions, err := r.measureSharing(ctx)
	r.executions = &executions
	return err
}

func (r *results) measureResumption(ctx context.Context) error {
	resumed, err := r.measureResume(ctx, r.resumes)
	r.resumed = &resumed
	return err
}

func (r *results) measureChurning(ctx context.Context) error {
	churned, err := r.measureChurn(ctx, r.churns, r.wave)
	r.churned = &churned
	return err
}
