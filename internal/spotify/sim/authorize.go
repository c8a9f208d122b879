package sim

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// codeLife is how long an authorization code is valid.
const codeLife = 10 * time.Minute

// accountCookie is the name of the cookie that contains the account a browser is signed in with.
const accountCookie = "spotify_sim_account"

// authorization is what an authorization code stands for. A code can be used once.
type authorization struct {
	account   string
	client    string
	redirect  string
	scopes    []string
	challenge string // the PKCE challenge of method S256; empty: none was given
	expires   time.Time
}

// authorize serves GET /authorize, the page that asks the user, and redirects the user back to the app afterwards. With
// the parameters account and decision ("allow" or "deny"), which the page's form adds, it shows no page. An account
// that does not exist is created.
func (s *Spotify) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	client, ok := s.client(query.Get("client_id"))
	if !ok {
		writeErrorPage(w, "INVALID_CLIENT: Invalid client")
		return
	}
	if !s.allowsRedirect(client, query.Get("redirect_uri")) {
		writeErrorPage(w, "INVALID_CLIENT: Invalid redirect URI")
		return
	}
	scopes, known := parseScopes(query.Get("scope"))
	switch challenge := query.Get("code_challenge"); {
	case query.Get("response_type") != "code":
		redirectBack(w, r, "error", "unsupported_response_type")
	case !known:
		redirectBack(w, r, "error", "invalid_scope")
	case challenge != "" && query.Get("code_challenge_method") != "S256",
		challenge == "" && s.clients != nil && client.Secret == "":
		redirectBack(w, r, "error", "invalid_request")
	case query.Get("decision") == "deny":
		redirectBack(w, r, "error", "access_denied")
	case query.Get("decision") == "allow":
		s.issueCode(w, r, query.Get("account"), scopes)
	default:
		s.showConsent(w, r, client, scopes)
	}
}

// writeErrorPage shows Spotify's error page, for errors that must not be sent to the redirect URI.
func writeErrorPage(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, text)
}

// redirectBack redirects the user to the app with one more parameter.
func redirectBack(w http.ResponseWriter, r *http.Request, name, value string) {
	target, _ := url.Parse(r.URL.Query().Get("redirect_uri")) // authorize has validated it
	query := target.Query()
	query.Set(name, value)
	if state := r.URL.Query().Get("state"); state != "" {
		query.Set("state", state)
	}
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusFound)
}

// issueCode redirects the user to the app with an authorization code for an account.
func (s *Spotify) issueCode(w http.ResponseWriter, r *http.Request, accountID string, scopes []string) {
	query := r.URL.Query()
	s.mu.Lock()
	id, err := s.accountFor(accountID, query.Get("display_name"))
	code := "AQ" + rand.Text() + rand.Text()
	if err == nil {
		now := s.now()
		maps.DeleteFunc(s.codes, func(_ string, old authorization) bool { return !now.Before(old.expires) })
		s.codes[code] = authorization{
			account: id, client: query.Get("client_id"), redirect: query.Get("redirect_uri"), scopes: scopes,
			challenge: query.Get("code_challenge"), expires: now.Add(codeLife),
		}
	}
	s.mu.Unlock()
	if err != nil {
		s.log.Error("simulated Spotify failed", "error", err)
		http.Error(w, "server_error", http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: accountCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	redirectBack(w, r, "code", code)
}

// accountFor returns the ID of the account to sign in with, and creates the account if it does not exist. Without an ID
// it chooses the first account, or creates one. The caller holds the lock.
func (s *Spotify) accountFor(id, name string) (string, error) {
	if _, ok := s.state.Accounts[id]; ok {
		return id, nil
	}
	if all := s.sortedAccounts(); id == "" && len(all) > 0 {
		return all[0].ID, nil
	}
	if !regexp.MustCompile(`^[a-z0-9]{1,40}$`).MatchString(id) || id == "new" {
		id = "sim" + strings.ToLower(rand.Text())
	}
	a, err := s.addAccount(id, cmp.Or(name, "Host"))
	return a.ID, err
}

// showConsent shows the page, unless the browser's user has granted all scopes before. In that case only
// show_dialog=true shows it again.
func (s *Spotify) showConsent(w http.ResponseWriter, r *http.Request, client Client, scopes []string) {
	s.mu.Lock()
	accounts := s.sortedAccounts()
	known := ""
	if cookie, err := r.Cookie(accountCookie); err == nil && s.state.Accounts[cookie.Value].hasGranted(client.ID, scopes) {
		known = cookie.Value
	}
	s.mu.Unlock()
	if known != "" && r.URL.Query().Get("show_dialog") != "true" {
		s.issueCode(w, r, known, scopes)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	query := r.URL.Query()
	for _, ours := range []string{"account", "display_name"} { // the form adds these itself
		query.Del(ours)
	}
	_ = consent.Execute(w, map[string]any{"Client": client.ID, "Scopes": scopes, "Accounts": accounts, "Query": query})
}

// hasGranted reports whether the user has granted these scopes to a client.
func (a account) hasGranted(client string, scopes []string) bool {
	return slices.ContainsFunc(a.Grants, func(g grant) bool {
		return g.Client == client && !g.Revoked && hasScopes(g.Scopes, scopes)
	})
}

var consent = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A simulated Spotify</title>
<style>body{font:1.1em/1.5 sans-serif;max-width:30em;margin:3em auto;padding:0 1em}
button,select,input{font:inherit;padding:.3em .8em}</style>
<h1>A simulated Spotify</h1>
<p>The app <b>{{.Client}}</b> wants to use a Spotify account
{{- with .Scopes}}, with{{range .}} <code>{{.}}</code>{{end}}{{end}}.</p>
<form>
{{range $name, $values := .Query}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<p><label>Account <select name="account">
{{range .Accounts}}<option value="{{.ID}}">{{.DisplayName}} ({{.ID}})</option>
{{end}}<option value="new">a new one</option>
</select></label>
<p><label>Name of a new one <input name="display_name" value="Host"></label>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Cancel</button>
</form>
`))

// verifies checks the PKCE verifier (RFC 7636, 4.6). Spotify requires 43 to 128 characters ("Authorization Code with
// PKCE Flow").
func (a authorization) verifies(verifier string) bool {
	if a.challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	return len(verifier) >= 43 && len(verifier) <= 128 &&
		subtle.ConstantTimeCompare([]byte(challenge), []byte(a.challenge)) == 1
}
