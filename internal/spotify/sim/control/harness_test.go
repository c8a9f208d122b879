package control_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"antwon.dj/backend/internal/spotify/sim"
)

type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request. A body is JSON.
func ask(t *testing.T, method, target, authorization, body string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", authorization)
	return send(t, r)
}

func send(t *testing.T, r *http.Request) reply {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	return reply{response.StatusCode, response.Header, string(body)}
}

// refresh asks for an access token.
func refresh(t *testing.T, base string, account sim.Account) reply {
	t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {account.RefreshToken}, "client_id": {"x"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/token", strings.NewReader(form.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return send(t, r)
}

func bearer(t *testing.T, base string, account sim.Account) string {
	t.Helper()
	var token struct {
		Access string `json:"access_token"`
	}
	must(t, json.Unmarshal([]byte(refresh(t, base, account).body), &token))
	return "Bearer " + token.Access
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
