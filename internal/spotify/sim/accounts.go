package sim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tokenLife is how long an access token is valid (Spotify's guide "Refreshing tokens", expires_in).
const tokenLife = time.Hour

// scope is what every account is taken to have granted.
const scope = "user-read-playback-state user-modify-playback-state user-read-currently-playing"

// Account is a host's account. ID is what GET /v1/me gives both as id and as account_id; RefreshToken buys access tokens
// at POST /api/token and never expires.
type Account struct {
	ID           string `json:"id"`
	DisplayName  string `json:"display_name"`
	RefreshToken string `json:"refresh_token"`
}

// account is an Account with what belongs to it, as the state file keeps it.
type account struct {
	Account
	Device device `json:"device"`
	Player player `json:"player"`
}

type device struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"active"`
}

// AddAccount makes an account with an active speaker and a player that has nothing to play. Its errors are the state
// file's.
func (s *Spotify) AddAccount(displayName string) (Account, error) {
	a := account{
		Account: Account{ID: "sim" + strings.ToLower(rand.Text()), DisplayName: displayName, RefreshToken: "AQ" + rand.Text()},
		Device:  device{ID: strings.ToLower(rand.Text()), Name: "Living room", Active: true},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.put(a); err != nil {
		return Account{}, err
	}
	s.log.Info("simulated account added", "account_id", a.ID)
	return a.Account, nil
}

// SetDeviceActive is the host closing Spotify's app, or opening it again. An inactive device does not play: the player
// stands still, GET /v1/me/player is 204 and commands are NO_ACTIVE_DEVICE until one names the device.
func (s *Spotify) SetDeviceActive(accountID string, active bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.accounts[accountID]
	if !ok {
		return fmt.Errorf("the simulated Spotify has no account %q", accountID)
	}
	now := s.now()
	a.Device.Active = active
	a.Player = advance(a.Player, now, s.catalogue.length)
	if !active {
		a.Player = a.Player.pause(now)
	}
	return s.put(a)
}

// token is POST /api/token. It knows the grant refresh_token, takes any client for authenticated, and gives no new
// refresh token, as Spotify does since 2026.
func (s *Spotify) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if grant := r.PostFormValue("grant_type"); grant != "refresh_token" {
		refuse(w, "unsupported_grant_type", "grant_type must be refresh_token")
		return
	}
	a, ok := s.byRefreshToken(r.PostFormValue("refresh_token"))
	if !ok {
		refuse(w, "invalid_grant", "Invalid refresh token")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": a.accessToken(s.now().Add(tokenLife).Unix()),
		"token_type":   "Bearer",
		"scope":        scope,
		"expires_in":   int(tokenLife.Seconds()),
	})
}

// refuse answers an error of the accounts service, whose shape is OAuth's (RFC 6749, 5.2) and not the Web API's.
func refuse(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}

func (s *Spotify) byRefreshToken(token string) (account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if hmac.Equal([]byte(a.RefreshToken), []byte(token)) {
			return a, true
		}
	}
	return account{}, false
}

// accessToken names the account and its expiry (unix seconds), signed with the refresh token: it outlives a restart
// without being stored, and cannot be made up from an account's ID.
func (a account) accessToken(expires int64) string {
	claims := a.ID + "." + strconv.FormatInt(expires, 10)
	mac := hmac.New(sha256.New, []byte(a.RefreshToken))
	mac.Write([]byte(claims))
	return claims + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate finds the account of a request's bearer token. The caller holds the lock.
func (s *Spotify) authenticate(r *http.Request, now time.Time) (account, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return account{}, apiError{Status: http.StatusUnauthorized, Message: "No token provided"}
	}
	token, _ := strings.CutPrefix(header, "Bearer ")
	id, rest, _ := strings.Cut(token, ".")
	expiry, _, _ := strings.Cut(rest, ".")
	expires, err := strconv.ParseInt(expiry, 10, 64)
	a, ok := s.accounts[id]
	if err != nil || !ok || !hmac.Equal([]byte(token), []byte(a.accessToken(expires))) {
		return account{}, apiError{Status: http.StatusUnauthorized, Message: "Invalid access token"}
	}
	if now.Unix() >= expires {
		return account{}, apiError{Status: http.StatusUnauthorized, Message: "The access token expired"}
	}
	return a, nil
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails only when the client has gone
}
