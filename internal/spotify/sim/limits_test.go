package sim_test

import (
	"maps"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

func TestRateLimit(t *testing.T) {
	p := newPlayerTest(t)
	get := func() reply { return ask(t, "GET", p.url+"/devices", p.bearer, "") }
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Limit = 3 }))
	for i := range 3 {
		if got := get(); got.status != 200 {
			t.Fatalf("request %d: %+v", i, got)
		}
		p.clock.pass(5 * time.Second)
	}
	if got := get(); got.status != 429 || got.body != "Too many requests" || got.header.Get("Retry-After") != "15" {
		t.Errorf("one too many: %+v", got)
	}
	p.clock.pass(14 * time.Second)
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.LimitJSON = true }))
	if got := get(); got.body != message(429, "API rate limit exceeded", "") || got.header.Get("Retry-After") != "1" {
		t.Errorf("a second too early: %+v", got)
	}
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.RetryAfter = 24 * time.Hour }))
	if got := get(); got.header.Get("Retry-After") != "86400" {
		t.Errorf("with a time of its own: %+v", got)
	}
	p.clock.pass(time.Second) // the oldest request leaves the window
	if got := get(); got.status != 200 {
		t.Errorf("in time: %+v", got)
	}
	if got := get(); got.status != 429 {
		t.Errorf("and one more: %+v", got)
	}
}

func TestQuota(t *testing.T) {
	p := newPlayerTest(t)
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Quota = 2 }))
	get := func() reply { return ask(t, "GET", p.url+"/devices", p.bearer, "") }
	get()
	get()
	p.clock.pass(time.Hour - time.Second)
	if got := get(); got.body != message(429, "Too many requests", "QUOTA_EXCEEDED") ||
		got.header.Get("Retry-After") != "" {
		t.Errorf("over the quota: %+v", got)
	}
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Quota = 0 }))
	if got := get(); got.status != 200 {
		t.Errorf("without one: %+v", got)
	}
}

func TestSwitchesChangeResponses(t *testing.T) {
	p := newPlayerTest(t)
	free := addAccount(t, p.sim)
	must(t, p.sim.ChangeSwitches(free.ID, func(s *sim.Switches) { s.Free = true }))
	base := p.url[:len(p.url)-len("/v1/me/player")]
	if got := ask(t, "PUT", p.url+"/pause", bearer(t, base, free), ""); got.body != message(403,
		"Player command failed: Premium required", "PREMIUM_REQUIRED") {
		t.Errorf("without Premium: %+v", got)
	}
	must(t, p.sim.ChangeSwitches(free.ID, func(s *sim.Switches) { s.NotAllowed = true }))
	if got := ask(t, "GET", base+"/v1/me", bearer(t, base, free), ""); got.status != 403 ||
		got.body != "User not registered in the Developer Dashboard" {
		t.Errorf("not on the list: %+v", got)
	}
	p.play(p.songs[0]) // other accounts are not affected
	p.tune(func(s *sim.Switches) { s.ItemsForbidden = true })
	if got := p.api(403, "GET", "/playlists/any/items", ""); got != message(403, "Forbidden", "") {
		t.Errorf("items: %s", got)
	}
	for success, wantBody := range map[int]bool{200: true, 202: false, 204: false} {
		p.tune(func(s *sim.Switches) { s.Success = success })
		got := ask(t, "POST", p.url+"/queue?uri="+p.songs[1].URI, p.bearer, "")
		if got.status != success || (got.body != "") != wantBody {
			t.Errorf("success %d: %+v", success, got)
		}
	}
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.OwnerFree = true }))
	if got := ask(t, "GET", base+"/v1/me", p.bearer, ""); got.status != 403 ||
		got.body != "Active premium subscription required for the owner of the app." {
		t.Errorf("the owner: %+v", got)
	}
	if err := p.sim.ChangeSwitches("nobody", func(*sim.Switches) {}); err == nil {
		t.Error("changing the switches of an unknown account succeeded")
	}
}

func TestRequestsAreCounted(t *testing.T) {
	p := newPlayerTest(t)
	before := p.sim.Requests()
	p.api(200, "GET", "/tracks/"+p.songs[0].ID, "")
	p.api(200, "GET", "/tracks/"+p.songs[1].ID, "")
	p.api(404, "GET", "/tracks/nothing", "")
	p.sim.InjectFault(sim.Fault{Status: 502, HTML: true})
	p.api(502, "GET", "/tracks/nothing", "")
	p.sim.InjectFault(sim.Fault{Status: 429, Reason: "QUOTA_EXCEEDED"})
	p.api(429, "GET", "/me", "")
	p.api(404, "GET", "/anything/else", "")
	got := p.sim.Requests()
	maps.DeleteFunc(got, func(kind string, n int) bool { return before[kind] == n })
	if want := map[string]int{
		"GET /v1/tracks/{id} 200": 2, "GET /v1/tracks/{id} 404": 1, "GET /v1/tracks/{id} 502": 1, "GET /v1/me 429": 1,
		"/v1/ 404": 1,
	}; !maps.Equal(got, want) {
		t.Errorf("requests: %v\nnot %v", got, want)
	}
	if got, want := p.sim.Injected(), map[string]int{"502 html": 1, "429 QUOTA_EXCEEDED": 1}; !maps.Equal(got, want) {
		t.Errorf("injected: %v", got)
	}
}
