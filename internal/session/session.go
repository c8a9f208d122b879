// Package session signs and checks access tokens: JSON Web Tokens that identify a user and expire. Checking a token
// needs no database. All of it is safe for concurrent use.
package session

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const (
	issuer = "antwon.dj"
	// Lifetime is the mean lifetime of an access token. The actual lifetime varies randomly by up to a tenth, so that
	// guests who joined at the same moment do not all renew their tokens at the same moment.
	Lifetime = time.Hour
	// MinSecret is the minimum length of a signing key, in bytes.
	MinSecret = 32
	// clockSkew is the largest tolerated difference between the clocks of two servers.
	clockSkew = 30 * time.Second
)

var errUnknownKey = errors.New("no known key has the token's key id")

// Tokens implements account.Tokens with HMAC-SHA256. It is safe for concurrent use.
type Tokens struct {
	keyID  string            // id of the key that signs
	keys   map[string][]byte // by id
	parser *jwt.Parser
}

// New returns Tokens that sign with the current key, and accept tokens signed with the current or an old one. It
// returns an error if a key has fewer than MinSecret bytes.
func New(current []byte, old ...[]byte) (*Tokens, error) {
	t := &Tokens{keyID: keyID(current), keys: map[string][]byte{}}
	for _, key := range append([][]byte{current}, old...) {
		if len(key) < MinSecret {
			return nil, fmt.Errorf("a session secret has %d bytes, at least %d are required", len(key), MinSecret)
		}
		t.keys[keyID(key)] = key
	}
	t.parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer),
		jwt.WithAudience(issuer), jwt.WithExpirationRequired(), jwt.WithStrictDecoding())
	return t, nil
}

// keyID derives the id that names a key in tokens. It reveals nothing about the key.
func keyID(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("antwon.dj key id"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:6])
}

// claims are the claims of an access token.
type claims struct {
	Kind      party.UserKind `json:"kind"`
	SessionID string         `json:"sid"`
	jwt.RegisteredClaims
}

// Validate is called by the jwt package after its own checks. It requires a user, a session, a known kind and a time of
// issue, which may be in the future by at most clockSkew.
func (c claims) Validate() error {
	switch {
	case c.Subject == "" || c.SessionID == "" || !knownKind(c.Kind):
		return jwt.ErrTokenInvalidClaims
	case c.IssuedAt == nil || time.Until(c.IssuedAt.Time) > clockSkew:
		return jwt.ErrTokenUsedBeforeIssued
	}
	return nil
}

// Mint implements account.Tokens. It returns a new access token for the user and their session, and when it expires.
func (t *Tokens) Mint(v account.Viewer) (token string, expiresAt time.Time, err error) {
	now := time.Now().UTC().Truncate(time.Second) // tokens have a resolution of one second
	expiresAt = now.Add(Lifetime - Lifetime/10 + rand.N(Lifetime/5)).Truncate(time.Second)
	if !v.ExpiresAt.IsZero() && v.ExpiresAt.Before(expiresAt) {
		expiresAt = v.ExpiresAt.UTC().Truncate(time.Second)
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{v.Kind, v.SessionID, jwt.RegisteredClaims{
		Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: v.UserID,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expiresAt),
	}})
	unsigned.Header["kid"] = t.keyID
	token, err = unsigned.SignedString(t.keys[t.keyID])
	return token, expiresAt, err
}

// Check implements account.Tokens. It returns the user of a valid access token, and an Unauthenticated error for any
// other text.
func (t *Tokens) Check(token string) (account.Viewer, error) {
	var c claims
	if _, err := t.parser.ParseWithClaims(token, &c, t.lookupKey); err != nil {
		return account.Viewer{}, &party.Error{
			Code: party.Unauthenticated, Message: "The access token is invalid or has expired. Sign in again.", Err: err,
		}
	}
	return account.Viewer{
		UserID: c.Subject, Kind: c.Kind, SessionID: c.SessionID, IssuedAt: c.IssuedAt.Time, ExpiresAt: c.ExpiresAt.Time,
	}, nil
}

// lookupKey returns the key named by a token's header.
func (t *Tokens) lookupKey(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	if key, ok := t.keys[id]; ok {
		return key, nil
	}
	return nil, errUnknownKey
}

func knownKind(kind party.UserKind) bool {
	return kind == party.HostUser || kind == party.GuestUser || kind == party.ScreenUser
}
