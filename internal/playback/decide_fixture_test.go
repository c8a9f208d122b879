package playback

import (
	"reflect"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

const (
	playing = party.NowPlaying
	queued  = party.Queued
	sent    = party.CommitSent
	byQueue = party.DeliveryQueue
)

// decideTest is one decision on an observation that has been confirmed, or on something else.
type decideTest struct {
	name      string
	in        Input
	step      party.PlaybackStep // without Playback
	command   Command
	health    party.HealthState
	status    party.PlaybackStatus
	observeIn time.Duration // until the next observation
}

func checkDecisions(t *testing.T, tests []decideTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Now = noon
			plan := decideTwice(tt.in)
			shown := tt.in.Room.Playback
			if plan.Step.Playback != nil {
				shown = *plan.Step.Playback
			}
			step := plan.Step
			step.Playback = nil
			if !reflect.DeepEqual(step, tt.step) {
				t.Errorf("step %+v, want %+v", step, tt.step)
			}
			if plan.Command != tt.command {
				t.Errorf("command %+v, want %+v", plan.Command, tt.command)
			}
			if shown.Health != tt.health || shown.Status != tt.status {
				t.Errorf("the room shows %s %s, want %s %s", shown.Status, shown.Health, tt.status, tt.health)
			}
			if observeIn := plan.ObserveAt.Sub(noon); tt.observeIn != anyTime && observeIn != tt.observeIn {
				t.Errorf("observes in %v, want %v", observeIn, tt.observeIn)
			}
		})
	}
}
