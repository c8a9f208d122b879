//go:build linux

package attack

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
	"antwon.dj/backend/cmd/antwon-bench/stats"
)

// The aims for the bystander and the server during an attack.
const (
	aimMedian = 100 * time.Millisecond
	aimWorst  = 500 * time.Millisecond
	aimRSS    = 300 << 20
)

// Run is the command "attack". It writes progress to standard error, and the table to out.
func Run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("attack", flag.ContinueOnError)
	binary := flags.String("binary", os.Getenv("ANTWON_BINARY"), "the program to attack; by default it is built")
	only := flags.String("only", "", "attack only with kinds whose name contains this")
	seconds := flags.Float64("seconds", 6, "how long each attack lasts")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := fixture.TempDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if *binary == "" {
		*binary = filepath.Join(dir, "antwon")
		build := exec.CommandContext(ctx, "go", "build", "-o", *binary, "antwon.dj/backend/cmd/antwon")
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build the program: %w: %s", err, text)
		}
	}
	room, err := fillRoom(ctx, dir)
	if err != nil {
		return fmt.Errorf("fill the room: %w", err)
	}
	b := &bench{dir: dir, binary: *binary, room: room, lasts: time.Duration(*seconds * float64(time.Second))}
	return b.run(ctx, *only, out)
}

// bench is the program to attack, and its room.
type bench struct {
	dir, binary string
	room        *room
	lasts       time.Duration
}

// run attacks in every way whose name contains the text, and prints a row for each.
func (b *bench) run(ctx context.Context, only string, out io.Writer) error {
	fmt.Fprintf(out, "%s, %d cores, %s, %s; each attack lasts %v\n\n", runtime.Version(), runtime.NumCPU(),
		runtime.GOARCH, time.Now().Format(time.DateOnly), b.lasts)
	fmt.Fprintln(out, "| attack | guests | requests | answered | refused | MB | median | worst | failed | RSS |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|---|")
	missed := 0
	for _, kind := range kinds {
		if !strings.Contains(kind.name, only) {
			continue
		}
		for _, guests := range []int{1, 30} {
			r, err := b.attack(ctx, kind, guests)
			if err != nil {
				return fmt.Errorf("%s by %d: %w", kind.name, guests, err)
			}
			if !r.reachesAims() {
				missed++
			}
			fmt.Fprintln(out, r.row(kind.name, guests))
		}
	}
	fmt.Fprintf(out, "\nThe bystander's aims are a median below %v and a worst case below %v, the server's is less than "+
		"%d MB. Rows that miss one: %d.\n", aimMedian, aimWorst, aimRSS>>20, missed)
	return ctx.Err()
}

// attack starts a server, attacks it in one way, and returns what was observed.
func (b *bench) attack(ctx context.Context, k kind, guests int) (result, error) {
	fmt.Fprintf(os.Stderr, "%s, %d guests\n", k.name, guests)
	s, err := startServer(ctx, b)
	if err != nil {
		return result{}, err
	}
	defer s.kill()
	watcher, err := s.join(ctx, "127.0.0.2", b.room.Code)
	if err != nil {
		return result{}, err
	}
	attackers := make([]*client, guests)
	for i := range attackers {
		if attackers[i], err = s.join(ctx, "127.0.0.1", b.room.Code); err != nil {
			return result{}, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, b.lasts)
	defer cancel()
	var seen result
	seen.requests = &tally{}
	var observed observation
	done := observed.observe(ctx, s, watcher, b.room)
	k.attack(ctx, attackers, b.room, seen.requests)
	<-done
	seen.observation = observed
	if seen.rss == 0 || len(seen.latencies)+seen.failed == 0 {
		return seen, errors.New("nothing was observed: " + s.logTail())
	}
	return seen, nil
}

// result has the figures of one attack.
type result struct {
	requests *tally
	observation
}

func (r result) median() time.Duration { return stats.Quantile(r.latencies, 50) }
func (r result) worst() time.Duration  { return stats.Quantile(r.latencies, 100) }

func (r result) reachesAims() bool {
	return r.failed == 0 && r.median() < aimMedian && r.worst() < aimWorst && r.rss < aimRSS
}

func (r result) row(name string, guests int) string {
	answered, refused := r.requests.answered.Load(), r.requests.refused.Load()
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %.1f | %d ms | %d ms | %d | %d MB |", name, guests, answered+refused,
		answered, refused, float64(r.requests.bytes.Load())/(1<<20), r.median().Milliseconds(), r.worst().Milliseconds(),
		r.failed, r.rss>>20)
}
