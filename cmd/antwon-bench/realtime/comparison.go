//go:build linux

package realtime

import (
	"context"
	"os"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/seed"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
	"antwon.dj/backend/cmd/antwon-bench/realtime/trial"
)

// NewComparison fills the given number of rooms. The caller closes it.
func NewComparison(ctx context.Context, rooms int) (*Comparison, error) {
	if err := server.RaiseFileLimit(); err != nil {
		return nil, err
	}
	dir, err := fixture.TempDir()
	if err != nil {
		return nil, err
	}
	runner := &trial.Runner{Dir: dir, Progress: func(string, ...any) {}}
	if runner.Seed, err = seed.Create(ctx, dir, rooms); err != nil {
		_ = os.RemoveAll(dir) // it is not complete
		return nil, err
	}
	return &Comparison{&measure.Bench{Runner: runner, Sizes: measure.Sizes{
		FlowFor: 2 * time.Second, OneByOneFor: time.Second, LikesOneByOne: 100,
	}}}, nil
}

// Comparison compares the program with the bare server, one after the other.
type Comparison struct{ bench *measure.Bench }

// TimesBare puts the same load on both.
func (c *Comparison) TimesBare(ctx context.Context, rooms, perRoom int, document string) (times Times, err error) {
	var figures []measure.Throughput
	for _, kind := range []string{server.Antwon, server.Bare} {
		t := trial.Trial{Kind: kind, Shape: trial.Shape{Rooms: rooms, PerRoom: perRoom}, Document: document}
		throughput, _, err := c.bench.Pressure(ctx, t)
		if err != nil {
			return times, err
		}
		figures = append(figures, throughput)
	}
	ours, bare := figures[0], figures[1]
	return Times{
		Deliveries: ours.PerSecond / bare.PerSecond, CPU: ours.CPUGross / bare.CPUGross, Memory: ours.IdleKB / bare.IdleKB,
	}, nil
}

// Close deletes the databases.
func (c *Comparison) Close() { _ = os.RemoveAll(c.bench.Dir) }
