package party_test

import (
	"errors"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func TestHelpersForErrorsEndTheirSentences(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{party.BadInput("name", "must have %d to %d characters", 1, 40), "name must have 1 to 40 characters."},
		{party.TooOften("You do this too often", time.Second), "You do this too often: try again in a moment."},
	} {
		if e, ok := errors.AsType[*party.Error](c.err); !ok || e.Message != c.want {
			t.Errorf("got %v, want the message %q", c.err, c.want)
		}
	}
}
