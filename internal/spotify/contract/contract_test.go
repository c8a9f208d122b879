package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"antwon.dj/backend/internal/spotify/contract"
)

// recorder is a testing.TB that records its errors.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// reported returns what is reported about one request and its response.
func reported(
	t *testing.T, check func(testing.TB, http.RoundTripper) http.RoundTripper,
	method, target, body string, status int, kind, answer string,
) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, _ := io.ReadAll(r.Body); string(got) != body {
			t.Errorf("the server got %q", got)
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	r := &recorder{TB: t}
	transport := check(r, http.DefaultTransport)
	if transport == http.DefaultTransport {
		t.SkipNow() // contract.Check has logged why
	}
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, _ := io.ReadAll(response.Body); string(got) != answer && status != 204 {
		t.Errorf("the client got %q", got)
	}
	return r.errors
}

const asJSON = "application/json; charset=utf-8"

func TestCheckReportsNonconformance(t *testing.T) {
	for _, tt := range []struct {
		name, method, target, body string
		status                     int
		kind, answer               string
		want                       string // contained in the only report; empty: nothing is reported
	}{
		{"a correct response", "GET", "/v1/me", "", 200, asJSON, `{"id":"a","display_name":null}`, ""},
		{"a wrong type", "GET", "/v1/me", "", 200, asJSON, `{"id":1}`, "the response 200"},
		{"null where it is not known", "GET", "/v1/me", "", 200, asJSON, `{"id":null}`, "the response 200"},
		{"a missing field", "GET", "/v1/me/player/devices", "", 200, asJSON, `{}`, "devices"},
		{"a status of its own", "GET", "/v1/me", "", 201, asJSON, `{}`, "status is not supported"},
		{"an error without its envelope", "GET", "/v1/me", "", 403, asJSON, `{"status":403,"message":"no"}`,
			"the response 403"},
		{"text instead of JSON", "GET", "/v1/me", "", 200, "text/plain", `hello`, "Content-Type"},
		{"no such endpoint", "GET", "/v1/nothing", "", 404, asJSON, `{}`, "is not in Spotify's description"},
		{"a limit too high", "GET", "/v1/search?q=a&type=track&limit=11", "", 400, asJSON,
			`{"error":{"status":400,"message":"Invalid limit"}}`, `"limit"`},
		{"a missing parameter", "POST", "/v1/me/player/queue", "", 204, "", "", `"uri"`},
		{"a missing name", "POST", "/v1/me/playlists", `{}`, 201, asJSON, `{}`, "name"},
		{"an ill-formed body", "PUT", "/v1/me/player/play", `{"uris":"a"}`, 204, "", "", "uris"},
		{"the accounts service is not checked", "POST", "/api/token", "a", 400, asJSON, `{}`, ""},

		{"a limit of 0", "GET", "/v1/search?q=a&type=track&limit=0", "", 200, asJSON, `{}`, ""},
		{"an opaque text", "PUT", "/v1/me/player/pause", "", 200, "text/plain; charset=utf-8", "oPClBV", ""},
		{"a limiter's text", "GET", "/v1/me", "", 429, "text/plain; charset=utf-8", "Too many requests", ""},
		{"a proxy's page", "GET", "/v1/me", "", 502, "text/html", "<html>", ""},
		{"an advertisement", "GET", "/v1/me/player", "", 200, asJSON, `{"item":null,"context":null,"progress_ms":null}`, ""},
		{"an item that is not one", "GET", "/v1/me/player", "", 200, asJSON,
			`{"item":{"type":"track","duration_ms":"long"}}`, "the response 200"},
		{"nothing plays", "GET", "/v1/me/player/currently-playing", "", 204, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := reported(t, contract.Check, tt.method, tt.target, tt.body, tt.status, tt.kind, tt.answer)
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("reported: %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestCheckResponsesIgnoresRequests(t *testing.T) {
	const target = "/v1/search?q=a&limit=11"
	if got := reported(t, contract.CheckResponses, "GET", target, "", 200, asJSON, `{}`); len(got) != 0 {
		t.Errorf("reported: %q", got)
	}
	if got := reported(t, contract.CheckResponses, "GET", target, "", 200, asJSON, `{"tracks":1}`); len(got) != 1 {
		t.Errorf("reported: %q", got)
	}
}
