package sim_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

// browser returns a client with cookies that does not follow redirects, because the apps they lead to do not run.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// visit opens a page. It returns the status, and the parameters of a redirect or the text.
func visit(t *testing.T, b *http.Client, target string) (status int, to url.Values, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	must(t, err)
	response, err := b.Do(request)
	must(t, err)
	defer response.Body.Close()
	if location, err := response.Location(); err == nil {
		return response.StatusCode, location.Query(), ""
	}
	return response.StatusCode, nil, readAll(t, response)
}

func apps() []sim.Client {
	return []sim.Client{
		{ID: "web", Secret: "s3cret", RedirectURIs: []string{"https://party.example/callback", "http://127.0.0.1/callback"}},
		{ID: "native", RedirectURIs: []string{"http://127.0.0.1:8080/callback", "http://localhost:8080/callback"}},
	}
}

func app(base, id, secret, redirect string, scopes ...string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if secret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: id, ClientSecret: secret, RedirectURL: redirect, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: base + "/authorize", TokenURL: base + "/api/token", AuthStyle: style},
	}
}

const callback = "http://127.0.0.1:43210/callback"

func TestAuthorizationCodeFlow(t *testing.T) {
	s, server := start(t, sim.Config{Clients: apps()})
	for name, config := range map[string]*oauth2.Config{
		"with a secret": app(server.URL, "web", "s3cret", callback, "user-read-playback-state"),
		"with PKCE":     app(server.URL, "native", "", "http://127.0.0.1:8080/callback", "user-read-playback-state"),
	} {
		t.Run(name, func(t *testing.T) {
			verifier := oauth2.GenerateVerifier()
			f := &codeFlow{t: t, config: config, browser: browser(t), verifier: verifier,
				page: config.AuthCodeURL("my state", oauth2.S256ChallengeOption(verifier))}
			f.pageAsksTheUser()
			f.denialIsReported()
			f.failedExchangeUsesUpTheCode()
			token := f.authorize()
			checkTokenIsLimitedToItsScope(t, server.URL, token)
			f.tokenCanBeRefreshed(token)
			f.pageIsShownAgainOnlyIfNeeded()
		})
	}
	if all := s.Accounts(); len(all) != 1 || all[0].ID != "rosa" || all[0].DisplayName != "Rosa" {
		t.Errorf("accounts: %+v", all)
	}
}

// codeFlow is the authorization of one app in one browser.
type codeFlow struct {
	t              *testing.T
	config         *oauth2.Config
	browser        *http.Client
	verifier, page string
}

func (f *codeFlow) pageAsksTheUser() {
	f.t.Helper()
	status, _, text := visit(f.t, f.browser, f.page)
	if status != 200 || !strings.Contains(text, "Allow") || !strings.Contains(text, "Cancel") {
		f.t.Fatalf("the page: %d %s", status, text)
	}
}

func (f *codeFlow) denialIsReported() {
	f.t.Helper()
	status, to, _ := visit(f.t, f.browser, f.page+"&decision=deny")
	if status != 302 || to.Get("error") != "access_denied" || to.Get("state") != "my state" || to.Has("code") {
		f.t.Errorf("denied: %d %v", status, to)
	}
}

func (f *codeFlow) failedExchangeUsesUpTheCode() {
	f.t.Helper()
	status, to, _ := visit(f.t, f.browser, f.page+"&decision=allow&account=rosa&display_name=Rosa")
	if status != 302 || to.Get("state") != "my state" || to.Has("error") {
		f.t.Fatalf("allowed: %d %v", status, to)
	}
	_, err := f.exchange(to.Get("code"), oauth2.GenerateVerifier())
	wantGrantError(f.t, err, "code_verifier was incorrect")
	_, err = f.exchange(to.Get("code"), f.verifier)
	wantGrantError(f.t, err, "Invalid authorization code")
}

func (f *codeFlow) exchange(code, verifier string) (*oauth2.Token, error) {
	return f.config.Exchange(f.t.Context(), code, oauth2.VerifierOption(verifier))
}

func (f *codeFlow) authorize() *oauth2.Token {
	f.t.Helper()
	_, to, _ := visit(f.t, f.browser, f.page+"&decision=allow&account=rosa")
	token, err := f.exchange(to.Get("code"), f.verifier)
	must(f.t, err)
	if token.Extra("scope") != "user-read-playback-state" || token.RefreshToken == "" {
		f.t.Errorf("token: %+v", token)
	}
	return token
}

func checkTokenIsLimitedToItsScope(t *testing.T, base string, token *oauth2.Token) {
	t.Helper()
	bearer := "Bearer " + token.AccessToken
	if got := ask(t, "GET", base+"/v1/me", bearer, ""); !strings.Contains(got.body, `"id":"rosa"`) {
		t.Errorf("me: %+v", got)
	}
	got := ask(t, "PUT", base+"/v1/me/player/pause", bearer, "")
	if got.body != message(403, "Insufficient client scope", "") {
		t.Errorf("without the scope: %+v", got)
	}
	got = ask(t, "GET", base+"/v1/me/player/queue", bearer, "")
	if got.body != message(401, "Permissions missing", "") {
		t.Errorf("without the scope: %+v", got)
	}
}

func (f *codeFlow) tokenCanBeRefreshed(token *oauth2.Token) {
	f.t.Helper()
	again, err := f.config.TokenSource(f.t.Context(), &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	must(f.t, err)
	if again.Extra("refresh_token") != nil || again.Extra("scope") != "user-read-playback-state" {
		f.t.Errorf("refreshed: %+v", again)
	}
}

// The page is not shown again to a user who has granted the same scopes before, except with show_dialog.
func (f *codeFlow) pageIsShownAgainOnlyIfNeeded() {
	f.t.Helper()
	if status, to, _ := visit(f.t, f.browser, f.page); status != 302 || !to.Has("code") {
		f.t.Errorf("the second time: %d %v", status, to)
	}
	if status, _, _ := visit(f.t, f.browser, f.page+"&show_dialog=true"); status != 200 {
		f.t.Errorf("with show_dialog: %d", status)
	}
	more := strings.Replace(f.page, "scope=", "scope=user-top-read+", 1)
	if status, _, _ := visit(f.t, f.browser, more); status != 200 {
		f.t.Errorf("with one more scope: %d", status)
	}
}

func wantGrantError(t *testing.T, err error, description string) {
	t.Helper()
	wantOAuthError(t, err, "invalid_grant", description)
}

func TestRedirectURIsAreChecked(t *testing.T) {
	_, server := start(t, sim.Config{Clients: apps()})
	_, open := start(t, sim.Config{})
	for _, tt := range []struct {
		base, client, uri string
		ok                bool
	}{
		{server.URL, "web", "https://party.example/callback", true},
		{server.URL, "web", "http://127.0.0.1:12345/callback", true}, // registered without a port
		{server.URL, "web", "http://127.0.0.1/callback", true},
		{server.URL, "native", "http://127.0.0.1:8080/callback", true},
		{server.URL, "native", "http://127.0.0.1:8081/callback", false},
		{server.URL, "native", "http://localhost:8080/callback", false},
		{server.URL, "web", "https://party.example/callback/", false},
		{server.URL, "web", "http://party.example/callback", false},
		{server.URL, "web", "http://[::1]/callback", false},
		{server.URL, "web", "", false},
		{server.URL, "nobody", "https://party.example/callback", false},
		{open.URL, "any", "https://anything.example/", true},
		{open.URL, "any", "http://[::1]:9/", true},
		{open.URL, "any", "http://localhost:9/", false},
		{open.URL, "any", "http://anything.example/", false},
		{open.URL, "", "https://anything.example/", false},
	} {
		target := app(tt.base, tt.client, "x", tt.uri).AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
		status, _, text := visit(t, browser(t), target)
		if (status == 200) != tt.ok || !tt.ok && (status != 400 || !strings.HasPrefix(text, "INVALID_CLIENT: Invalid ")) {
			t.Errorf("%s to %s: %d %s", tt.client, tt.uri, status, text)
		}
	}
}

func TestRefusedAuthorizationsRedirectToTheApp(t *testing.T) {
	_, server := start(t, sim.Config{Clients: apps()})
	native := app(server.URL, "native", "", "http://127.0.0.1:8080/callback").AuthCodeURL("s")
	web := app(server.URL, "web", "s3cret", callback).AuthCodeURL("s")
	for target, want := range map[string]string{
		native: "invalid_request", // no PKCE and no secret
		native + "&code_challenge=abc&code_challenge_method=plain":           "invalid_request",
		web + "&scope=user-read-minds":                                       "invalid_scope",
		strings.Replace(web, "response_type=code", "response_type=token", 1): "unsupported_response_type",
	} {
		if status, to, _ := visit(t, browser(t), target); status != 302 || to.Get("error") != want || to.Get("state") != "s" {
			t.Errorf("%s: %d %v, want %s", target, status, to, want)
		}
	}
}

func TestCodesAreCheckedAtTheTokenEndpoint(t *testing.T) {
	now := newClock()
	_, server := start(t, sim.Config{Clients: apps(), Now: now.Now})
	config := app(server.URL, "web", "s3cret", callback)
	code := func() string {
		_, to, _ := visit(t, browser(t), config.AuthCodeURL("s")+"&decision=allow")
		return to.Get("code")
	}
	exchange := func(code string, change func(*oauth2.Config)) error {
		other := *config
		change(&other)
		_, err := other.Exchange(t.Context(), code)
		return err
	}
	must(t, exchange(code(), func(*oauth2.Config) {}))
	wantOAuthError(t, exchange(code(), func(c *oauth2.Config) { c.ClientSecret = "guess" }), "invalid_client",
		"Invalid client")
	wantOAuthError(t, exchange(code(), func(c *oauth2.Config) { c.ClientID = "nobody" }), "invalid_client",
		"Invalid client")
	wantGrantError(t, exchange(code(), func(c *oauth2.Config) { c.RedirectURL = "http://127.0.0.1:1/callback" }),
		"Invalid redirect URI")
	wantGrantError(t, exchange("AQnothing", func(*oauth2.Config) {}), "Invalid authorization code")
	wantOAuthError(t, exchange(code(), func(c *oauth2.Config) {
		c.ClientSecret, c.Endpoint.AuthStyle = "", oauth2.AuthStyleInParams
	}), "invalid_client", "Invalid client")
	wantGrantError(t, exchange(code(), func(c *oauth2.Config) {
		c.ClientID, c.ClientSecret, c.Endpoint.AuthStyle = "native", "", oauth2.AuthStyleInParams
	}), "Invalid authorization code") // it belongs to another app
	late := code()
	now.pass(10 * time.Minute)
	wantGrantError(t, exchange(late, func(*oauth2.Config) {}), "Invalid authorization code")
}
