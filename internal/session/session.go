// Package session signs and checks access tokens: JWTs that name a user and end by themselves. Checking one needs no
// database.
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
	// Lifetime is how long an access token is good for, give or take a tenth: guests who came at the same moment do not all
	// come back at the same moment.
	Lifetime = time.Hour
	// MinSecret is the least number of bytes of a signing secret.
	MinSecret = 32
	// clockSkew is by how much the clocks of servers may differ that take each other's tokens.
	clockSkew = 30 * time.Second
)

var errUnknownKey = errors.New("no key of ours has the token's key id")

// Tokens implements account.Tokens with HMAC-SHA256. It is safe for concurrent use.
type Tokens struct {
	keyID  string            // of the key that signs
	keys   map[string][]byte // by id
	parser *jwt.Parser
}

// New returns Tokens that sign with the current key, and still check what was signed with old ones. A key has at least
// MinSecret bytes.
func New(current []byte, old ...[]byte) (*Tokens, error) {
	t := &Tokens{keyID: keyID(current), keys: map[string][]byte{}}
	for _, key := range append([][]byte{current}, old...) {
		if len(key) < MinSecret {
			return nil, fmt.Errorf("a session secret has %d bytes, want at least %d", len(key), MinSecret)
		}
		t.keys[keyID(key)] = key
	}
	t.parser = jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer),
		jwt.WithAudience(issuer), jwt.WithExpirationRequired(), jwt.WithStrictDecoding())
	return t, nil
}

// keyID names a key in the tokens that it signed. It tells nothing of the key itself.
func keyID(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("antwon.dj key id"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:6])
}

type claims struct {
	Kind party.UserKind `json:"kind"`
	jwt.RegisteredClaims
}

// Validate is called by jwt after its own checks: of a token that is from the future only clocks that differ are forgiven.
func (c claims) Validate() error {
	switch {
	case c.Subject == "" || !known(c.Kind):
		return jwt.ErrTokenInvalidClaims
	case c.IssuedAt == nil || time.Until(c.IssuedAt.Time) > clockSkew:
		return jwt.ErrTokenUsedBeforeIssued
	}
	return nil
}

// Mint implements account.Tokens.
func (t *Tokens) Mint(v account.Viewer) (token string, expiresAt time.Time, err error) {
	now := time.Now().UTC().Truncate(time.Second) // tokens count in seconds
	expiresAt = now.Add(Lifetime - Lifetime/10 + rand.N(Lifetime/5)).Truncate(time.Second)
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{v.Kind, jwt.RegisteredClaims{
		Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: v.UserID,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expiresAt),
	}})
	unsigned.Header["kid"] = t.keyID
	token, err = unsigned.SignedString(t.keys[t.keyID])
	return token, expiresAt, err
}

// Check implements account.Tokens.
func (t *Tokens) Check(token string) (account.Viewer, error) {
	var c claims
	if _, err := t.parser.ParseWithClaims(token, &c, t.keyOf); err != nil {
		return account.Viewer{}, &party.Error{
			Code: party.Unauthenticated, Message: "the access token is not valid, or not any more: sign in again", Err: err,
		}
	}
	return account.Viewer{UserID: c.Subject, Kind: c.Kind, ExpiresAt: c.ExpiresAt.Time}, nil
}

// keyOf returns the key that a token says it was signed with.
func (t *Tokens) keyOf(token *jwt.Token) (any, error) {
	id, _ := token.Header["kid"].(string)
	if key, ok := t.keys[id]; ok {
		return key, nil
	}
	return nil, errUnknownKey
}

func known(kind party.UserKind) bool {
	return kind == party.HostUser || kind == party.GuestUser || kind == party.ScreenUser
}
