package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/session"
)

var secret = []byte(strings.Repeat("s", session.MinSecret))

func TestTokenNamesItsUserUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := mustNew(t, secret)
		token, expiresAt, err := tokens.Mint(jukebox.Viewer{UserID: "u1", Kind: jukebox.GuestUser})
		if err != nil {
			t.Fatal(err)
		}
		viewer, err := tokens.Check(token)
		if err != nil || viewer.UserID != "u1" || viewer.Kind != jukebox.GuestUser || !viewer.ExpiresAt.Equal(expiresAt) {
			t.Fatalf("Check = %+v, %v; want guest u1 until %v", viewer, err, expiresAt)
		}
		if lives := time.Until(expiresAt); lives < session.Lifetime*9/10-time.Second || lives > session.Lifetime*11/10 {
			t.Errorf("the token lives %v", lives)
		}
		time.Sleep(time.Until(expiresAt))
		if _, err := tokens.Check(token); jukebox.CodeOf(err) != jukebox.Unauthenticated {
			t.Errorf("after its lifetime Check = %v, want Unauthenticated", err)
		}
	})
}

func TestForgedTokensAreRefused(t *testing.T) {
	tokens := mustNew(t, secret)
	good := jwt.MapClaims{
		"iss": "antwon.dj", "aud": "antwon.dj", "sub": "u1", "kind": "HOST",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	with := func(key string, value any) jwt.MapClaims {
		changed := jwt.MapClaims{key: value}
		for k, v := range good {
			if k != key {
				changed[k] = v
			}
		}
		return changed
	}
	sign := func(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	valid := sign(jwt.SigningMethodHS256, secret, good)
	if _, err := tokens.Check(valid); err != nil {
		t.Fatalf("the token that the forgeries vary is refused: %v", err)
	}
	for name, token := range map[string]string{
		"none":            sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good),
		"other algorithm": sign(jwt.SigningMethodHS512, secret, good),
		"other key":       sign(jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), good),
		"other issuer":    sign(jwt.SigningMethodHS256, secret, with("iss", "elsewhere")),
		"other audience":  sign(jwt.SigningMethodHS256, secret, with("aud", "elsewhere")),
		"unknown kind":    sign(jwt.SigningMethodHS256, secret, with("kind", "ADMIN")),
		"no user":         sign(jwt.SigningMethodHS256, secret, with("sub", "")),
		"no end":          sign(jwt.SigningMethodHS256, secret, with("exp", nil)),
		"from the future": sign(jwt.SigningMethodHS256, secret, with("iat", time.Now().Add(time.Hour).Unix())),
		"tampered":        valid[:len(valid)-2] + "xx",
		"empty":           "",
		"garbage":         "a.b.c",
	} {
		t.Run(name, func(t *testing.T) {
			if viewer, err := tokens.Check(token); jukebox.CodeOf(err) != jukebox.Unauthenticated {
				t.Errorf("Check = %+v, %v; want Unauthenticated", viewer, err)
			}
		})
	}
}

func TestShortSecretIsRefused(t *testing.T) {
	if _, err := session.New(secret[1:]); err == nil {
		t.Error("New accepted a secret that is too short")
	}
}

func mustNew(t *testing.T, secret []byte) *session.Tokens {
	t.Helper()
	tokens, err := session.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}
