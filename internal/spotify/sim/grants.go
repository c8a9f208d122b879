package sim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// tokenLife is how long an access token is valid (Spotify's guide "Refreshing tokens", expires_in).
	tokenLife = time.Hour
	// grantMonths is how long an authorization lives, however often it is refreshed ("Refresh token expiration", June 2026).
	grantMonths = 6
	// grantsKept bounds the authorizations of an account; the oldest are forgotten.
	grantsKept = 20
)

// grant is an authorization that a user gave.
type grant struct {
	Client  string    `json:"client,omitempty"` // "": any
	Scopes  []string  `json:"scopes"`
	Token   string    `json:"token"`           // the refresh token
	Spent   []string  `json:"spent,omitempty"` // those it replaced
	Key     string    `json:"key"`             // signs access tokens
	PKCE    bool      `json:"pkce,omitempty"`  // it is refreshed without a secret
	At      time.Time `json:"at"`
	Revoked bool      `json:"revoked,omitempty"`
}

func newRefreshToken() string { return "AQ" + rand.Text() + rand.Text() }

// Revoke is the host taking back all authorizations at Spotify: refreshing is "Refresh token revoked". Access tokens
// that were given out live to their end.
func (s *Spotify) Revoke(accountID string) error {
	return s.changeAccount(accountID, func(a *account, _ *hand) error {
		a.Grants = slices.Clone(a.Grants)
		for i := range a.Grants {
			a.Grants[i].Revoked = true
		}
		return nil
	})
}

// token is POST /api/token.
func (s *Spotify) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	client, authenticated, ok := s.identify(r)
	grant := r.PostFormValue("grant_type")
	s.mu.Lock()
	var body map[string]any
	var err error
	switch {
	case grant != "authorization_code" && grant != "refresh_token":
		err = oauthError{"unsupported_grant_type", "grant_type must be authorization_code or refresh_token"}
	case !ok:
		err = oauthError{"invalid_client", "Invalid client"}
	case grant == "refresh_token":
		body, err = s.refresh(r.PostFormValue("refresh_token"), client, authenticated)
	default:
		body, err = s.exchange(r, client, authenticated)
	}
	s.mu.Unlock()
	s.answerToken(w, body, err)
}

func (s *Spotify) answerToken(w http.ResponseWriter, body map[string]any, err error) {
	if refused, ok := errors.AsType[oauthError](err); ok {
		writeJSON(w, http.StatusBadRequest, refused)
		return
	}
	if err != nil {
		s.log.Error("simulated Spotify failed", "error", err)
		writeJSON(w, http.StatusInternalServerError, oauthError{"server_error", "Failed to save"})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, body)
}

// oauthError is an error of the accounts service, whose shape is OAuth's (RFC 6749, 5.2) and not the Web API's.
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e oauthError) Error() string { return e.Code + ": " + e.Description }

func invalidGrant(description string) error { return oauthError{"invalid_grant", description} }

// exchange gives tokens for a code, once.
func (s *Spotify) exchange(r *http.Request, client Client, authenticated bool) (map[string]any, error) {
	now, code := s.now(), r.PostFormValue("code")
	given, ok := s.codes[code]
	delete(s.codes, code)
	switch {
	case !ok, !now.Before(given.expires), given.client != client.ID:
		return nil, invalidGrant("Invalid authorization code")
	case given.redirect != r.PostFormValue("redirect_uri"):
		return nil, invalidGrant("Invalid redirect URI")
	case !given.proves(r.PostFormValue("code_verifier")):
		return nil, invalidGrant("code_verifier was incorrect")
	case s.clients != nil && given.challenge == "" && !authenticated:
		return nil, oauthError{"invalid_client", "Invalid client"}
	}
	a, ok := s.state.Accounts[given.account]
	if !ok {
		return nil, invalidGrant("Invalid authorization code")
	}
	g := grant{Client: client.ID, Scopes: given.scopes, Token: newRefreshToken(), At: now, PKCE: !authenticated}
	g.Key = g.Token
	a.Grants = append(slices.Clip(a.Grants), g)
	a.Grants = a.Grants[max(0, len(a.Grants)-grantsKept):]
	body := a.tokens(g, now)
	body["refresh_token"] = g.Token
	return body, s.put(a)
}

// refresh gives an access token, and a new refresh token only where they rotate: since 2026 Spotify's do not.
func (s *Spotify) refresh(token string, client Client, authenticated bool) (map[string]any, error) {
	a, at, spent := s.byRefreshToken(token)
	if at < 0 {
		return nil, invalidGrant("Invalid refresh token")
	}
	now, g := s.now(), a.Grants[at]
	switch {
	case s.clients != nil && g.Client != "" && g.Client != client.ID:
		return nil, invalidGrant("Invalid refresh token")
	case s.clients != nil && !g.PKCE && g.Client != "" && !authenticated:
		return nil, oauthError{"invalid_client", "Invalid client"}
	case spent, g.Revoked, !now.Before(g.At.AddDate(0, grantMonths, 0)):
		return nil, invalidGrant("Refresh token revoked")
	}
	body := a.tokens(g, now)
	if !s.state.App.Rotate {
		return body, nil
	}
	g.Spent = append(slices.Clip(g.Spent), g.Token)
	g.Spent = g.Spent[max(0, len(g.Spent)-grantsKept):]
	g.Token = newRefreshToken()
	a.Grants = slices.Clone(a.Grants)
	a.Grants[at] = g
	body["refresh_token"] = g.Token
	return body, s.put(a)
}

// byRefreshToken finds an authorization, -1 for none, and says whether the token was replaced by another.
func (s *Spotify) byRefreshToken(token string) (a account, index int, spent bool) {
	for _, a := range s.state.Accounts {
		for i, g := range a.Grants {
			if spent := slices.Contains(g.Spent, token); spent || hmac.Equal([]byte(g.Token), []byte(token)) {
				return a, i, spent
			}
		}
	}
	return account{}, -1, false
}

func (a account) tokens(g grant, now time.Time) map[string]any {
	return map[string]any{
		"access_token": g.accessToken(a.ID, now.Add(tokenLife).Unix()), "token_type": "Bearer",
		"scope": strings.Join(g.Scopes, " "), "expires_in": int(tokenLife.Seconds()),
	}
}

// accessToken names the account and its expiry (unix seconds), signed with the grant's key: it outlives a restart
// without being stored, and cannot be made up from an account's ID.
func (g grant) accessToken(account string, expires int64) string {
	claims := account + "." + strconv.FormatInt(expires, 10)
	mac := hmac.New(sha256.New, []byte(g.Key))
	mac.Write([]byte(claims))
	return claims + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate finds the account of a request's bearer token, and what it was granted. The caller holds the lock.
func (s *Spotify) authenticate(r *http.Request, now time.Time) (account, grant, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return account{}, grant{}, apiError{Status: http.StatusUnauthorized, Message: "No token provided"}
	}
	token, _ := strings.CutPrefix(header, "Bearer ")
	id, rest, _ := strings.Cut(token, ".")
	expiry, _, _ := strings.Cut(rest, ".")
	expires, err := strconv.ParseInt(expiry, 10, 64)
	a := s.state.Accounts[id]
	at := slices.IndexFunc(a.Grants, func(g grant) bool { return hmac.Equal([]byte(token), []byte(g.accessToken(id, expires))) })
	if err != nil || at < 0 {
		return account{}, grant{}, apiError{Status: http.StatusUnauthorized, Message: "Invalid access token"}
	}
	if now.Unix() >= expires {
		return account{}, grant{}, apiError{Status: http.StatusUnauthorized, Message: "The access token expired"}
	}
	return a, a.Grants[at], nil
}
