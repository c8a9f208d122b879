package session_test

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
)

var secret = []byte(strings.Repeat("s", session.MinSecret))

func TestTokenIdentifiesUserUntilExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := mustNew(t, secret)
		token, expiresAt, err := tokens.Mint(account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.GuestUser})
		if err != nil {
			t.Fatal(err)
		}
		viewer, err := tokens.Check(token)
		if err != nil || viewer.UserID != "u1" || viewer.Kind != party.GuestUser ||
			viewer.SessionID != "s1" || !viewer.IssuedAt.Equal(time.Now()) || !viewer.ExpiresAt.Equal(expiresAt) {
			t.Fatalf("Check = %+v, %v; want guest u1 until %v", viewer, err, expiresAt)
		}
		if lives := time.Until(expiresAt); lives < session.Lifetime*9/10-time.Second || lives > session.Lifetime*11/10 {
			t.Errorf("the token is valid for %v", lives)
		}
		time.Sleep(time.Until(expiresAt))
		if _, err := tokens.Check(token); party.CodeOf(err) != party.Unauthenticated {
			t.Errorf("after its lifetime Check = %v, want Unauthenticated", err)
		}
	})
}

func TestTokenExpiresNoLaterThanTheOneThatItIsMintedFor(t *testing.T) {
	tokens := mustNew(t, secret)
	for _, left := range []time.Duration{time.Minute, 24 * time.Hour} {
		viewer := account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.GuestUser, ExpiresAt: time.Now().Add(left)}
		token, expiresAt, err := tokens.Mint(viewer)
		if err != nil || expiresAt.After(viewer.ExpiresAt) || time.Until(expiresAt) > session.Lifetime*11/10 {
			t.Errorf("expires at %v, %v; want no later than %v", expiresAt, err, viewer.ExpiresAt)
		}
		if again, err := tokens.Check(token); err != nil || !again.ExpiresAt.Equal(expiresAt) {
			t.Errorf("Check = %+v, %v", again, err)
		}
	}
	if session.Lifetime*11/10 >= account.EndedKept {
		t.Error("access tokens live longer than it is remembered that their session has ended")
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	tokens := mustNew(t, secret)
	good := jwt.MapClaims{
		"iss": "antwon.dj", "aud": "antwon.dj", "sub": "u1", "sid": "s1", "kind": "HOST",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	with := func(key string, value any) jwt.MapClaims {
		changed := maps.Clone(good)
		changed[key] = value
		return changed
	}
	kid := keyIDOf(t, tokens)
	sign := func(method jwt.SigningMethod, key any, keyID any, claims jwt.MapClaims) string {
		token := jwt.NewWithClaims(method, claims)
		token.Header["kid"] = keyID
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	ours := func(claims jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, secret, kid, claims) }
	valid := ours(good)
	if _, err := tokens.Check(valid); err != nil {
		t.Fatalf("the valid token is refused: %v", err)
	}
	if _, err := tokens.Check(ours(with("iat", time.Now().Add(10*time.Second).Unix()))); err != nil {
		t.Errorf("a token of a server whose clock is slightly ahead is refused: %v", err)
	}
	another := mustNew(t, []byte(strings.Repeat("x", session.MinSecret)))
	for name, token := range map[string]string{
		"none":                   sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid, good),
		"other algorithm":        sign(jwt.SigningMethodHS512, secret, kid, good),
		"other key":              sign(jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), kid, good),
		"unknown key id":         sign(jwt.SigningMethodHS256, secret, keyIDOf(t, another), good),
		"key id of a wrong type": sign(jwt.SigningMethodHS256, secret, 7, good),
		"no key id":              sign(jwt.SigningMethodHS256, secret, nil, good),
		"other issuer":           ours(with("iss", "elsewhere")),
		"other audience":         ours(with("aud", "elsewhere")),
		"unknown kind":           ours(with("kind", "ADMIN")),
		"no user":                ours(with("sub", "")),
		"no session":             ours(with("sid", nil)),
		"no end":                 ours(with("exp", nil)),
		"no beginning":           ours(with("iat", nil)),
		"ended":                  ours(with("exp", time.Now().Add(-time.Second).Unix())),
		"not yet":                ours(with("nbf", time.Now().Add(time.Minute).Unix())),
		"from the future":        ours(with("iat", time.Now().Add(time.Hour).Unix())),
		"tampered signature":     valid[:len(valid)-2] + "xx",
		"tampered claims": withClaims(valid,
			`{"iss":"antwon.dj","aud":"antwon.dj","sub":"u2","kind":"HOST","iat":1,"exp":99999999999}`),
		"empty":   "",
		"garbage": "a.b.c",
	} {
		t.Run(name, func(t *testing.T) {
			if viewer, err := tokens.Check(token); party.CodeOf(err) != party.Unauthenticated {
				t.Errorf("Check = %+v, %v; want Unauthenticated", viewer, err)
			}
		})
	}
}

// withClaims returns a token with its signature, but with other claims.
func withClaims(token, claims string) string {
	parts := strings.Split(token, ".")
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + parts[2]
}

func keyIDOf(t *testing.T, tokens *session.Tokens) any {
	t.Helper()
	token, _, err := tokens.Mint(account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.HostUser})
	if err != nil {
		t.Fatal(err)
	}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Header["kid"]
}

func TestOldKeysVerifyButDoNotSign(t *testing.T) {
	newer := []byte(strings.Repeat("n", session.MinSecret))
	before, between, after := mustNew(t, secret), mustNew(t, newer, secret), mustNew(t, newer)
	old, _, err := before.Mint(account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.GuestUser})
	if err != nil {
		t.Fatal(err)
	}
	if viewer, err := between.Check(old); err != nil || viewer.UserID != "u1" {
		t.Errorf("a token of the old key: %+v, %v", viewer, err)
	}
	fresh, _, err := between.Mint(account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.GuestUser})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Check(fresh); err != nil {
		t.Errorf("the current key did not sign: %v", err)
	}
	for name, tokens := range map[string]*session.Tokens{"before": before, "after": after} {
		foreign := map[string]string{"before": fresh, "after": old}[name]
		if _, err := tokens.Check(foreign); party.CodeOf(err) != party.Unauthenticated {
			t.Errorf("%s the rotation, Check of the other key's token = %v, want Unauthenticated", name, err)
		}
	}
}

// FuzzCheck checks that Check accepts only tokens that were issued, and never panics.
func FuzzCheck(f *testing.F) {
	tokens, err := session.New(secret)
	if err != nil {
		f.Fatal(err)
	}
	valid, _, err := tokens.Mint(account.Viewer{UserID: "u1", SessionID: "s1", Kind: party.HostUser})
	if err != nil {
		f.Fatal(err)
	}
	header, _, _ := strings.Cut(valid, ".")
	for _, seed := range []string{valid, "", "..", header + "..", header + ".e30.", valid + ".", strings.ToUpper(valid),
		"e30.e30.e30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		viewer, err := tokens.Check(token)
		switch {
		case err == nil && (viewer.UserID != "u1" || viewer.Kind != party.HostUser || !strings.HasPrefix(token, header+".")):
			t.Errorf("Check(%q) = %+v", token, viewer)
		case err != nil && party.CodeOf(err) != party.Unauthenticated:
			t.Errorf("Check(%q) = %v, want Unauthenticated", token, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	tokens, err := session.New(secret, []byte(strings.Repeat("o", session.MinSecret)))
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := tokens.Mint(account.Viewer{
		UserID: "01900000-0000-7000-8000-000000000000", SessionID: "01900000-0000-7000-8000-000000000001",
		Kind: party.HostUser,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Check(token); err != nil {
			b.Fatal(err)
		}
	}
}

func TestShortSecretIsRefused(t *testing.T) {
	for _, keys := range [][][]byte{{secret[1:]}, {secret, secret[1:]}} {
		if _, err := session.New(keys[0], keys[1:]...); err == nil {
			t.Errorf("New accepted keys of which one is too short: %q", keys)
		}
	}
}

func mustNew(t *testing.T, current []byte, old ...[]byte) *session.Tokens {
	t.Helper()
	tokens, err := session.New(current, old...)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}
