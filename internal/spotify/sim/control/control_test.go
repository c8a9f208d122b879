package control_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/spotify/sim/control"
)

// remote is a simulator that the test controls over HTTP only.
type remote struct {
	*testing.T
	url string
}

func newRemote(t *testing.T) remote {
	t.Helper()
	s, err := sim.Open(sim.Config{})
	must(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", s.Handler())
	mux.Handle("/control/", control.Handler(s))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return remote{t, server.URL}
}

// control sends a request, expects a status, and decodes the response into into, unless that is nil.
func (r remote) control(status int, method, path, body string, into any) {
	r.Helper()
	got := ask(r.T, method, r.url+"/control/"+path, "", body)
	if got.status != status {
		r.Fatalf("%s %s %s: %d %s", method, path, body, got.status, got.body)
	}
	if into != nil {
		must(r.T, json.Unmarshal([]byte(got.body), into))
	}
}

func TestControlChangesEverything(t *testing.T) {
	r := newRemote(t)
	if got := ask(t, "GET", r.url+"/control/", "", ""); got.status != 200 || !strings.Contains(got.body, "close-app") {
		t.Errorf("help: %+v", got)
	}
	var account sim.Account
	r.control(200, "POST", "accounts", `{"display_name":"Rosa"}`, &account)
	var accounts []sim.Account
	r.control(200, "GET", "accounts", "", &accounts)
	if len(accounts) != 1 || accounts[0] != account || account.DisplayName != "Rosa" {
		t.Errorf("accounts: %+v", accounts)
	}
	var songs []sim.Track
	r.control(200, "GET", "catalogue", "", &songs)
	song := songs[slices.IndexFunc(songs, func(t sim.Track) bool { return t.Playable && t.PlaysAs == t.ID })]
	at, authorization := "accounts/"+account.ID, bearer(t, r.url, account)

	r.control(200, "POST", at+"/host", `{"action":"play","uri":"`+song.URI+`"}`, nil)
	var clock struct{ Now time.Time }
	r.control(200, "POST", "clock", `{"advance":"59s"}`, &clock)
	if until := time.Until(clock.Now); until > 59*time.Second || until < 50*time.Second {
		t.Errorf("the clock is ahead by %v", until)
	}
	r.control(200, "POST", at+"/host", `{"action":"pause"}`, nil)
	r.control(200, "POST", "clock", `{"advance":"1m"}`, nil)
	r.control(200, "POST", at+"/host", `{"action":"resume"}`, nil)
	r.control(200, "POST", at+"/host", `{"action":"seek","position":"10s"}`, nil)
	r.control(200, "POST", at+"/host", `{"action":"volume","percent":5}`, nil)
	r.control(200, "POST", at+"/host", `{"action":"add-device","new":{"id":"k","name":"Kitchen","type":"Speaker"}}`, nil)
	r.control(200, "POST", at+"/host",
		`{"action":"set-device","new":{"id":"k","name":"Cellar","type":"Speaker","restricted":true}}`, nil)
	r.control(200, "POST", at+"/host", `{"action":"transfer","device":"k"}`, nil)
	var seen struct {
		Devices  []sim.Device
		Heard    []sim.Play
		Silences []sim.Silence
	}
	r.control(200, "POST", at+"/host", `{"action":"skip"}`, &seen)
	if len(seen.Devices) != 2 || seen.Devices[1].Name != "Cellar" || !seen.Devices[1].Active ||
		*seen.Devices[0].Volume != 5 {
		t.Errorf("devices: %+v", seen.Devices)
	}
	if len(seen.Heard) != 1 || seen.Heard[0].URI != song.URI || len(seen.Silences) != 2 ||
		seen.Silences[0].Why != "paused" {
		t.Errorf("journal: %+v", seen)
	}

	for _, action := range []string{
		`"play","uri":"` + song.URI + `"`, `"repeat","mode":"context"`, `"shuffle","on":true`, `"local-file","length":"1ms"`,
		`"unknown","length":"1ms"`,
	} {
		r.control(200, "POST", at+"/host", `{"action":`+action+`}`, nil)
	}
	r.control(200, "POST", "tracks", `{"uri":"`+songs[0].URI+`","broken":"skipped"}`, nil)
	r.control(200, "DELETE", "tracks", "", nil)

	var switches sim.Switches
	r.control(200, "POST", at+"/switches", `{"free":true,"stale":"1500ms"}`, nil)
	r.control(200, "POST", at+"/switches", `{"autoplay":true,"crossfade":"5s","automix":"1s","ad_between":"30s",
		"sleep_after":"1h","sleep_new_id":true}`, &switches)
	if switches != (sim.Switches{
		Free: true, Autoplay: true, Stale: 1500 * time.Millisecond, Crossfade: 5 * time.Second, Automix: time.Second,
		AdBetween: 30 * time.Second, SleepAfter: time.Hour, SleepNewID: true,
	}) {
		t.Errorf("switches: %+v", switches)
	}
	var app sim.AppSwitches
	r.control(200, "POST", "app", `{"limit":2,"retry_after":"37s"}`, &app)
	r.control(200, "POST", "app", `{"limit_json":true}`, &app)
	if app != (sim.AppSwitches{Limit: 2, LimitJSON: true, RetryAfter: 37 * time.Second}) {
		t.Errorf("app: %+v", app)
	}
	r.control(200, "POST", "app", `{"limit":0}`, nil)

	r.control(200, "POST", "faults", `{"path":"/v1/me","status":502,"html":true,"times":2}`, nil)
	if got := ask(t, "GET", r.url+"/v1/me", authorization, ""); got.status != 502 {
		t.Errorf("with a fault: %+v", got)
	}
	r.control(200, "DELETE", "faults", "", nil)
	if got := ask(t, "GET", r.url+"/v1/me", authorization, ""); got.status != 200 {
		t.Errorf("without: %+v", got)
	}
	r.control(200, "POST", "faults", `{"path":"/v1/me","exact":true,"for":"10s","probability":1,"body":"real",
		"content_type":"text/html","retry_after_text":"soon","applied_after":"3s"}`, nil)
	if got := ask(t, "GET", r.url+"/v1/me", authorization, ""); got.header.Get("Retry-After") != "soon" {
		t.Errorf("with another fault: %+v", got)
	}
	r.control(200, "DELETE", "faults", "", nil)
	r.control(200, "POST", "looks", `{"kind":"nothing","for":"1m"}`, nil)
	if got := ask(t, "GET", r.url+"/v1/me/player", authorization, ""); got.status != 204 {
		t.Errorf("with a look: %+v", got)
	}
	r.control(200, "DELETE", "looks", "", nil)
	if got := ask(t, "GET", r.url+"/v1/me/player", authorization, ""); got.status != 200 {
		t.Errorf("without: %+v", got)
	}
	var trouble struct{ Kind, Detail string }
	r.control(200, "POST", at+"/troubles", `{"seed":3,"kinds":["long texts"],"longest":"1m","most":2}`, &trouble)
	if trouble.Kind != "long texts" || trouble.Detail == "" {
		t.Errorf("trouble: %+v", trouble)
	}
	r.control(200, "DELETE", at+"/troubles", "", nil)
	r.control(200, "POST", "app", `{}`, &app)
	if app.LongNames != 0 {
		t.Errorf("after the trouble: %+v", app)
	}
	var counts struct{ Requests, Injected map[string]int }
	r.control(200, "GET", "journal", "", &counts)
	if counts.Injected["502 html"] != 1 || counts.Requests["GET /v1/me 502"] != 1 ||
		counts.Requests["GET /v1/me 200"] != 2 {
		t.Errorf("counts: %+v", counts)
	}
	r.control(200, "POST", at+"/revoke", "", nil)
	if got := refresh(t, r.url, account); got.status != 400 || !strings.Contains(got.body, "Refresh token revoked") {
		t.Errorf("after revoking: %+v", got)
	}
}

func TestControlRefusesInvalidRequests(t *testing.T) {
	r := newRemote(t)
	var account sim.Account
	r.control(200, "POST", "accounts", "", &account)
	for path, bodies := range map[string][]string{
		"accounts/nobody/host":     {`{"action":"pause"}`},
		"accounts/nobody/switches": {`{}`},
		"accounts/nobody/revoke":   {``},
		"accounts/" + account.ID + "/switches": {`{"surprise":1}`, `{"success":201}`, `{"crossfade":"13s"}`,
			`{"automix":"-1s"}`, `{"stale":"soon"}`, `[`},
		"accounts/" + account.ID +
			"/host": {``, `{"action":"dance"}`, `{"action":"add-device"}`, `{"action":"resume"}`, `{"action":"freeze"}`,
			`{"action":"play","uri":"x"}`, `{"action":"play-playlist","uri":"spotify:playlist:x"}`},
		"app":      {`{"surprise":1}`},
		"faults":   {`{"status":99}`, `{"delay":"long"}`, `{"probability":2}`, `{"body":"round"}`},
		"looks":    {`{"kind":"blurred"}`, `{"kind":"stale","age":3}`, `{"kind":"stale"}`},
		"tracks":   {`{"uri":"x"}`, `{"broken":"bent"}`},
		"clock":    {`{"advance":5}`, strings.Repeat(" ", 70_000)},
		"accounts": {`{"display_name":1}`},
	} {
		for _, body := range bodies {
			var answer struct{ Error string }
			r.control(400, "POST", path, body, &answer)
			if answer.Error == "" {
				t.Errorf("%s %s: no error", path, body)
			}
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/control/accounts", strings.NewReader("{}"))
	must(t, err)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site created an account: %s", response.Status)
	}
}
