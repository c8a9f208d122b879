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
	// grantMonths is how many months an authorization lasts, however often it is refreshed ("Refresh token expiration",
	// June 2026).
	grantMonths = 6
	// maxGrants bounds the authorizations of an account, and the replaced refresh tokens of each. The oldest are dropped.
	maxGrants = 20
)

// grant is an authorization that a user gave to a client.
type grant struct {
	Client   string    `json:"client,omitempty"` // empty: any client
	Scopes   []string  `json:"scopes"`
	Token    string    `json:"token"`           // the refresh token
	Replaced []string  `json:"spent,omitempty"` // refresh tokens that it replaced
	Key      string    `json:"key"`             // signs access tokens
	PKCE     bool      `json:"pkce,omitempty"`  // it can be refreshed without the client's secret
	At       time.Time `json:"at"`
	Revoked  bool      `json:"revoked,omitempty"`
}

func newRefreshToken() string { return "AQ" + rand.Text() + rand.Text() }

// Revoke withdraws all authorizations of an account, as the host can at Spotify. Refreshing then fails with "Refresh
// token revoked". Access tokens that were issued before stay valid until they expire.
func (s *Spotify) Revoke(accountID string) error {
	return s.changeAccount(accountID, func(a *account, _ *accountChange) error {
		a.Grants = slices.Clone(a.Grants)
		for i := range a.Grants {
			a.Grants[i].Revoked = true
		}
		return nil
	})
}

// token serves POST /api/token.
func (s *Spotify) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	client, authenticated, ok := s.authenticateClient(r)
	grantType := r.PostFormValue("grant_type")
	s.mu.Lock()
	var body map[string]any
	var err error
	switch {
	case grantType != "authorization_code" && grantType != "refresh_token":
		err = oauthError{"unsupported_grant_type", "grant_type must be authorization_code or refresh_token"}
	case !ok:
		err = oauthError{"invalid_client", "Invalid client"}
	case grantType == "refresh_token":
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

// oauthError is an error of the accounts service, in the format of OAuth (RFC 6749, 5.2) and not of the Web API.
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e oauthError) Error() string { return e.Code + ": " + e.Description }

func invalidGrant(description string) error { return oauthError{"invalid_grant", description} }

// exchange issues tokens for an authorization code, once. The caller holds the lock.
func (s *Spotify) exchange(r *http.Request, client Client, authenticated bool) (map[string]any, error) {
	now, code := s.now(), r.PostFormValue("code")
	given, ok := s.codes[code]
	delete(s.codes, code)
	switch {
	case !ok, !now.Before(given.expires), given.client != client.ID:
		return nil, invalidGrant("Invalid authorization code")
	case given.redirect != r.PostFormValue("redirect_uri"):
		return nil, invalidGrant("Invalid redirect URI")
	case !given.verifies(r.PostFormValue("code_verifier")):
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
	a.Grants = a.Grants[max(0, len(a.Grants)-maxGrants):]
	body := a.tokens(g, now)
	body["refresh_token"] = g.Token
	return body, s.saveAccount(a)
}

// refresh issues an access token. It issues a new refresh token only if the app's refresh tokens rotate, which
// Spotify's have not done since 2026. The caller holds the lock.
func (s *Spotify) refresh(token string, client Client, authenticated bool) (map[string]any, error) {
	a, at, replaced := s.byRefreshToken(token)
	if at < 0 {
		return nil, invalidGrant("Invalid refresh token")
	}
	now, g := s.now(), a.Grants[at]
	switch {
	case s.clients != nil && g.Client != "" && g.Client != client.ID:
		return nil, invalidGrant("Invalid refresh token")
	case s.clients != nil && !g.PKCE && g.Client != "" && !authenticated:
		return nil, oauthError{"invalid_client", "Invalid client"}
	case replaced, g.Revoked, !now.Before(g.At.AddDate(0, grantMonths, 0)):
		return nil, invalidGrant("Refresh token revoked")
	}
	body := a.tokens(g, now)
	if !s.state.App.Rotate {
		return body, nil
	}
	g.Replaced = append(slices.Clip(g.Replaced), g.Token)
	g.Replaced = g.Replaced[max(0, len(g.Replaced)-maxGrants):]
	g.Token = newRefreshToken()
	a.Grants = slices.Clone(a.Grants)
	a.Grants[at] = g
	body["refresh_token"] = g.Token
	return body, s.saveAccount(a)
}

// byRefreshToken returns the account of a refresh token, the index of its grant, or -1 for an unknown token, and
// whether the token was replaced by a newer one.
func (s *Spotify) byRefreshToken(token string) (a account, index int, replaced bool) {
	for _, a := range s.state.Accounts {
		for i, g := range a.Grants {
			replaced := slices.Contains(g.Replaced, token)
			if replaced || hmac.Equal([]byte(g.Token), []byte(token)) {
				return a, i, replaced
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

// accessToken returns a token that contains the account and its expiry (Unix seconds), signed with the grant's key. It
// survives a restart without being stored, and cannot be derived from an account's ID.
func (g grant) accessToken(account string, expires int64) string {
	claims := account + "." + strconv.FormatInt(expires, 10)
	mac := hmac.New(sha256.New, []byte(g.Key))
	mac.Write([]byte(claims))
	return claims + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate returns the account and the grant of a request's bearer token. The caller holds the lock.
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
	at := slices.IndexFunc(a.Grants, func(g grant) bool {
		return hmac.Equal([]byte(token), []byte(g.accessToken(id, expires)))
	})
	if err != nil || at < 0 {
		return account{}, grant{}, apiError{Status: http.StatusUnauthorized, Message: "Invalid access token"}
	}
	if now.Unix() >= expires {
		return account{}, grant{}, apiError{Status: http.StatusUnauthorized, Message: "The access token expired"}
	}
	return a, a.Grants[at], nil
}
