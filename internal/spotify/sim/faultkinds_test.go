package sim_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestFaultsLastForATimeOrForAShareOfRequests(t *testing.T) {
	p := newPlayerTest(t)
	count := func(n int) (failed int) {
		for range n {
			if p.raw().status == 503 {
				failed++
			}
		}
		return failed
	}
	p.sim.InjectFault(sim.Fault{Status: 503, For: 10 * time.Second})
	if got := count(5); got != 5 {
		t.Errorf("%d of 5 requests failed at first", got)
	}
	p.clock.pass(9 * time.Second)
	if got := count(1); got != 1 {
		t.Error("the fault ended early")
	}
	p.clock.pass(time.Second)
	if got := count(1); got != 0 {
		t.Error("the fault did not end")
	}
	p.sim.InjectFault(sim.Fault{Status: 503, For: time.Minute, Times: 2})
	if got := count(5); got != 2 {
		t.Errorf("%d requests failed instead of 2", got)
	}
	p.sim.InjectFault(sim.Fault{Status: 503, Times: -1, Probability: 0.2})
	if got := count(200); got < 20 || got > 60 {
		t.Errorf("%d of 200 requests failed with a probability of 0.2", got)
	}
	p.sim.ClearFaults()
	p.sim.InjectFault(sim.Fault{Status: 503, Path: "/v1/me/player/devices", Exact: true})
	p.sim.InjectFault(sim.Fault{Status: 503, Path: "/v1/me", Exact: true})
	if got := count(1); got != 0 {
		t.Error("a fault with an exact path applies to a path below it")
	}
}

// TestFaultsOfOneTrack refuses a track by every status, in every request that plays or enqueues it and in no other.
func TestFaultsOfOneTrack(t *testing.T) {
	p := newPlayerTest(t)
	enqueue := func(song sim.Track) reply { return ask(t, "POST", p.url+"/queue?uri="+song.URI, p.bearer, "") }
	play := func(song sim.Track) reply {
		return ask(t, "PUT", p.url+"/play", p.bearer, `{"uris":["`+song.URI+`"]}`)
	}
	p.play(p.songs[0])
	for _, refusal := range []sim.Fault{
		{Status: 403, Reason: "UNKNOWN"}, {Status: 403}, {Status: 404}, {Status: 400}, {Status: 500}, {Status: 502},
	} {
		refusal.URI, refusal.Times = p.songs[1].URI, -1
		p.sim.InjectFault(refusal)
		for range 3 {
			if got := enqueue(p.songs[1]); got.status != refusal.Status || !strings.Contains(got.body, refusal.Reason) {
				t.Errorf("%d %s: enqueue was answered %+v", refusal.Status, refusal.Reason, got)
			}
			if got := play(p.songs[1]); got.status != refusal.Status {
				t.Errorf("%d %s: play was answered %+v", refusal.Status, refusal.Reason, got)
			}
		}
		if got := play(p.songs[0]); got.status != 200 {
			t.Errorf("another song was refused: %+v", got)
		}
		p.sim.ClearFaults()
	}
	for _, play := range p.sim.Plays(p.account.ID) {
		if play.URI != p.songs[0].URI {
			t.Errorf("a refused song was heard: %+v", play)
		}
	}
}

// TestCommandsAppliedAfterTheirResponse: a 502 says that nothing happened, and seconds later it happens.
func TestCommandsAppliedAfterTheirResponse(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	begin := p.clock.Now().Round(0)
	p.clock.pass(10 * time.Second)
	p.sim.InjectFault(sim.Fault{Method: "PUT", Status: 502, AppliedAfter: 6 * time.Second})
	p.sim.InjectFault(sim.Fault{Method: "POST", Status: 403, AppliedAfter: 3 * time.Second})
	if got := ask(t, "PUT", p.url+"/play", p.bearer, `{"uris":["`+p.songs[1].URI+`"]}`); got.status != 502 {
		t.Errorf("play: %+v", got)
	}
	if got := ask(t, "POST", p.url+"/queue?uri="+p.songs[2].URI, p.bearer, ""); got.status != 403 {
		t.Errorf("enqueue: %+v", got)
	}
	p.clock.pass(2900 * time.Millisecond)
	wantPlaying(t, p.client, p.songs[0], 12900*time.Millisecond)
	if queue, err := p.client.GetQueue(t.Context()); err != nil || len(queue.Items) != 0 {
		t.Errorf("the queue before: %v, %v", queue, err)
	}
	p.clock.pass(100 * time.Millisecond)
	if queue, err := p.client.GetQueue(t.Context()); err != nil || len(queue.Items) != 1 {
		t.Errorf("the queue after: %v, %v", queue, err)
	}
	p.clock.pass(4 * time.Second) // one second after the song started
	wantPlaying(t, p.client, p.songs[1], time.Second)
	p.wantPlays(
		sim.Play{URI: p.songs[0].URI, ByWhom: sim.ByAPI, Started: begin, Ended: begin.Add(16 * time.Second)},
		sim.Play{URI: p.songs[1].URI, ByWhom: sim.ByAPI, Started: begin.Add(16 * time.Second)},
	)
}

func TestRetryAfterInEveryForm(t *testing.T) {
	p := newPlayerTest(t)
	for _, form := range sim.RetryAfterForms() {
		p.sim.InjectFault(sim.Fault{Status: 429, RetryAfterText: form})
		if got := p.raw(); got.status != 429 || got.header.Get("Retry-After") != form {
			t.Errorf("%q: %+v", form, got)
		}
	}
}

func TestTokenEndpointFailsInItsOwnFormat(t *testing.T) {
	s, server := start(t, sim.Config{})
	source := tokens(server, oauth2.AuthStyleInHeader, addAccount(t, s).RefreshToken)
	for _, reason := range []string{"invalid_grant", "invalid_client"} {
		s.InjectFault(sim.Fault{Path: "/api/token", Status: 400, Reason: reason})
		_, err := source.Token()
		if refused, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || refused.ErrorCode != reason {
			t.Errorf("%s: %v", reason, err)
		}
	}
	_, err := source.Token()
	must(t, err)
}

func TestBodiesOfActualResponses(t *testing.T) {
	p := newPlayerTest(t)
	p.play(p.songs[0])
	get := func(fault sim.Fault, check func(*http.Response)) {
		p.sim.InjectFault(fault)
		request, err := http.NewRequestWithContext(t.Context(), "GET", p.url, nil)
		must(t, err)
		request.Header.Set("Authorization", p.bearer)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		defer response.Body.Close()
		check(response)
	}
	get(sim.Fault{Body: "real", ContentType: "text/html", Status: 201}, func(response *http.Response) {
		got := readAll(t, response)
		if response.StatusCode != 201 || response.Header.Get("Content-Type") != "text/html" || !json.Valid([]byte(got)) {
			t.Errorf("another type: %v %s", response, got)
		}
	})
	get(sim.Fault{Body: "truncated"}, func(response *http.Response) {
		if got, err := io.ReadAll(response.Body); response.StatusCode != 200 || err == nil || len(got) == 0 {
			t.Errorf("truncated: %v after %q", err, got)
		}
	})
	get(sim.Fault{Body: "endless"}, func(response *http.Response) {
		const much = 8 << 20
		if n, err := io.Copy(io.Discard, io.LimitReader(response.Body, much)); n != much || err != nil {
			t.Errorf("endless: %v after %d bytes", err, n)
		}
	})
	if got := p.sim.Injected(); got["actual status endless body"] != 1 || got["201 real body text/html"] != 1 {
		t.Errorf("injected: %v", got)
	}
}

func TestSlowBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		account := addAccount(t, s)
		must(t, s.Host(account.ID).PlayURI(plain(s, 1)[0].URI))
		client := http.Client{Transport: direct{s.Handler()}}
		token := tokenFrom(t, s, account)
		s.InjectFault(sim.Fault{Body: "slow", Delay: 20 * time.Second})
		request, err := http.NewRequestWithContext(t.Context(), "GET", "http://sim/v1/me/player", nil)
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		began := time.Now()
		response, err := client.Do(request)
		must(t, err)
		defer response.Body.Close()
		if got := readAll(t, response); !json.Valid([]byte(got)) || time.Since(began) != 20*time.Second {
			t.Errorf("after %v: %s", time.Since(began), got)
		}
	})
}
