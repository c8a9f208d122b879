package spotify

import (
	"bytes"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

func newTestVault(t *testing.T, secret string) *Vault {
	t.Helper()
	v, err := NewVault([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVault(t *testing.T) {
	vault := newTestVault(t, "a secret of at least 16 bytes")
	token := &oauth2.Token{AccessToken: "access", RefreshToken: "refresh", Expiry: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	sealed, err := vault.seal("host", token)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("what was sealed can be opened", func(t *testing.T) {
		got, err := vault.open("host", sealed)
		if err != nil {
			t.Fatal(err)
		}
		if got.AccessToken != "access" || got.RefreshToken != "refresh" || !got.Expiry.Equal(token.Expiry) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("nothing of it can be read", func(t *testing.T) {
		if bytes.Contains(sealed, []byte("refresh")) {
			t.Error("the token lies open")
		}
		if again, _ := vault.seal("host", token); bytes.Equal(again, sealed) {
			t.Error("sealing twice gives the same")
		}
	})

	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	otherVersion := bytes.Clone(sealed)
	otherVersion[0] = 9
	for name, open := range map[string]func() (*oauth2.Token, error){
		"another host": func() (*oauth2.Token, error) { return vault.open("another", sealed) },
		"another secret": func() (*oauth2.Token, error) {
			return newTestVault(t, "another secret of enough bytes").open("host", sealed)
		},
		"changed":         func() (*oauth2.Token, error) { return vault.open("host", changed) },
		"another version": func() (*oauth2.Token, error) { return vault.open("host", otherVersion) },
		"cut off":         func() (*oauth2.Token, error) { return vault.open("host", sealed[:5]) },
		"empty":           func() (*oauth2.Token, error) { return vault.open("host", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			if token, err := open(); err == nil {
				t.Errorf("opened: %+v", token)
			}
		})
	}

	if _, err := NewVault([]byte("short")); err == nil {
		t.Error("a short secret was accepted")
	}
}
