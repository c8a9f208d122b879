// Package session signs and checks access tokens: JWTs that name a user and end by themselves. Checking one needs no
// database.
package session

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"antwon.dj/backend/internal/jukebox"
)

const (
	issuer = "antwon.dj"
	// Lifetime is how long an access token is good for, give or take a tenth: guests who came at the same moment do not all
	// come back at the same moment.
	Lifetime = time.Hour
	// MinSecret is the least number of bytes of a signing secret.
	MinSecret = 32
)

// Tokens implements jukebox.Tokens with HMAC-SHA256. It is safe for concurrent use.
type Tokens struct {
	secret []byte
	parser *jwt.Parser
}

// New returns Tokens that sign with a secret of at least MinSecret bytes.
func New(secret []byte) (*Tokens, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("the session secret has %d bytes, want at least %d", len(secret), MinSecret)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer),
		jwt.WithAudience(issuer), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	return &Tokens{secret, parser}, nil
}

type claims struct {
	Kind jukebox.UserKind `json:"kind"`
	jwt.RegisteredClaims
}

// Mint implements jukebox.Tokens.
func (t *Tokens) Mint(v jukebox.Viewer) (token string, expiresAt time.Time, err error) {
	now := time.Now().UTC().Truncate(time.Second) // tokens count in seconds
	expiresAt = now.Add(Lifetime - Lifetime/10 + rand.N(Lifetime/5)).Truncate(time.Second)
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, claims{v.Kind, jwt.RegisteredClaims{
		Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: v.UserID,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expiresAt),
	}}).SignedString(t.secret)
	return token, expiresAt, err
}

// Check implements jukebox.Tokens.
func (t *Tokens) Check(token string) (jukebox.Viewer, error) {
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.secret, nil })
	if err == nil && (c.Subject == "" || !known(c.Kind)) {
		err = jwt.ErrTokenInvalidClaims
	}
	if err != nil {
		return jukebox.Viewer{}, &jukebox.Error{
			Code: jukebox.Unauthenticated, Message: "the access token is not valid, or not any more: sign in again", Err: err,
		}
	}
	return jukebox.Viewer{UserID: c.Subject, Kind: c.Kind, ExpiresAt: c.ExpiresAt.Time}, nil
}

func known(kind jukebox.UserKind) bool {
	return kind == jukebox.HostUser || kind == jukebox.GuestUser || kind == jukebox.ScreenUser
}
