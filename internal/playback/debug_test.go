package playback_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

func TestDebugSeed(t *testing.T) {
	if os.Getenv("SEED") == "" {
		t.Skip()
	}
	seed, _ := strconv.Atoi(os.Getenv("SEED"))
	inParty(t, func(t *testing.T, p *party) {
		p.player.log = func(f string, a ...any) {
			fmt.Println(time.Now().Format("15:04:05.000"), fmt.Sprintf(f, a...))
		}
		randomParty(t, p, rand.New(rand.NewPCG(uint64(seed), 1)))
	})
}
