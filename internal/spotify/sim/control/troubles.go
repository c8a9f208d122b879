package control

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim/trouble"
)

// trouble draws a trouble and lets it happen. Without a seed it is another one each time.
func (s controller) trouble(r *http.Request) (any, error) {
	var body struct {
		Seed    uint64       `json:"seed"`
		Kinds   []string     `json:"kinds"`
		Songs   []string     `json:"songs"`
		Longest textDuration `json:"longest"`
		Most    int          `json:"most"`
	}
	if err := decodeBody(r, &body); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(cmp.Or(body.Seed, rand.Uint64()), 0))
	t, err := trouble.Draw(random, trouble.Bounds{
		Kinds: body.Kinds, Songs: body.Songs, Longest: time.Duration(body.Longest), Most: body.Most,
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{"kind": t.Kind, "detail": t.Detail}, t.Begin(s.Spotify, r.PathValue("id"))
}

func (s controller) endTroubles(r *http.Request) (any, error) {
	return struct{}{}, trouble.End(s.Spotify, r.PathValue("id"))
}
