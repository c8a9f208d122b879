package spotify

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const testSecret = "a secret of at least 16 bytes"

func newTestVault(t testing.TB, secret string) *Vault {
	t.Helper()
	v, err := NewVault([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVault(t *testing.T) {
	vault := newTestVault(t, testSecret)
	token := oauth2.Token{AccessToken: "access", RefreshToken: "refresh", Expiry: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	sealed, err := vault.seal("host", grant{token, "a b"})
	if err != nil {
		t.Fatal(err)
	}

	t.Run("what was sealed can be opened", func(t *testing.T) {
		for name, v := range map[string]*Vault{"by it": vault, "by another with the same secret": newTestVault(t, testSecret)} {
			got, err := v.open("host", sealed)
			if err != nil {
				t.Fatal(err)
			}
			if got.AccessToken != "access" || got.RefreshToken != "refresh" || !got.Expiry.Equal(token.Expiry) || got.Scope != "a b" {
				t.Errorf("%s: got %+v", name, got)
			}
		}
	})
	t.Run("nothing of it can be read", func(t *testing.T) {
		if bytes.Contains(sealed, []byte("refresh")) || bytes.Contains(sealed, []byte("access")) {
			t.Error("the token lies open")
		}
		if again, _ := vault.seal("host", grant{token, "a b"}); bytes.Equal(again, sealed) {
			t.Error("sealing twice gives the same")
		}
	})
	t.Run("every change is noticed", func(t *testing.T) {
		for i := range sealed {
			changed := bytes.Clone(sealed)
			changed[i] ^= 1
			refuses(t, vault, "host", changed)
			refuses(t, vault, "host", sealed[:i])
			refuses(t, vault, "host", slices.Insert(bytes.Clone(sealed), i, 0))
		}
		refuses(t, vault, "host", append(bytes.Clone(sealed), 0))
	})
	t.Run("nobody else can open it", func(t *testing.T) {
		for _, other := range []string{"another", "", "Host", "host "} {
			refuses(t, vault, other, sealed)
		}
		refuses(t, newTestVault(t, "another secret of enough bytes"), "host", sealed)
	})
	t.Run("the name of the key tells nothing of it", func(t *testing.T) {
		derived, err := hkdf.Key(sha256.New, []byte(testSecret), nil, "antwon.dj spotify tokens", keySize)
		if err != nil || bytes.Contains(derived, vault.keys[0].name) {
			t.Errorf("the key %x contains its name %x, %v", derived, vault.keys[0].name, err)
		}
	})
	t.Run("what is sealed must be a token", func(t *testing.T) {
		refuses(t, vault, "host", vault.keys[0].aead.Seal([]byte{sealedV1}, nil, []byte("no JSON"), []byte("host")))
	})
}

func refuses(t *testing.T, v *Vault, hostID string, sealed []byte) {
	t.Helper()
	if token, err := v.open(hostID, sealed); err == nil {
		t.Errorf("%q opened %x: %+v", hostID, sealed, token)
	}
}

// TestANewKey: what was sealed with the old one is opened as long as that is kept, and what is sealed now needs it no more.
func TestANewKey(t *testing.T) {
	const newSecret = "another secret of enough bytes"
	before := newTestVault(t, testSecret)
	first, err := before.SealRefreshToken("host", "refresh")
	if err != nil {
		t.Fatal(err)
	}
	for name, sealed := range map[string][]byte{"named": first, "from before keys had names": sealedBeforeNames(t, before, "refresh")} {
		t.Run(name, func(t *testing.T) {
			both, err := NewVault([]byte(newSecret), []byte("one that was never used"), []byte(testSecret))
			if err != nil {
				t.Fatal(err)
			}
			g, err := both.open("host", sealed)
			if err != nil || g.RefreshToken != "refresh" {
				t.Fatalf("got %+v, %v", g, err)
			}
			refuses(t, both, "another", sealed)
			anew, err := both.seal("host", g)
			if err != nil {
				t.Fatal(err)
			}
			if g, err := newTestVault(t, newSecret).open("host", anew); err != nil || g.RefreshToken != "refresh" {
				t.Errorf("the new key alone opens %+v, %v", g, err)
			}
			refuses(t, before, "host", anew)
			refuses(t, newTestVault(t, newSecret), "host", sealed)
		})
	}
}

// sealedBeforeNames is what the first version of the vault made.
func sealedBeforeNames(t *testing.T, v *Vault, refreshToken string) []byte {
	t.Helper()
	plain, err := json.Marshal(&oauth2.Token{RefreshToken: refreshToken})
	if err != nil {
		t.Fatal(err)
	}
	return v.keys[0].aead.Seal([]byte{1}, nil, plain, []byte("host"))
}

func TestAShortSecretIsRefused(t *testing.T) {
	for _, secret := range []string{"", "15 bytes are no"} {
		if _, err := NewVault([]byte(secret)); err == nil {
			t.Errorf("%q was accepted", secret)
		}
		if _, err := NewVault([]byte(testSecret), []byte(secret)); err == nil {
			t.Errorf("%q was accepted as an old one", secret)
		}
	}
	newTestVault(t, "16 bytes are ok.")
}

// FuzzOpen opens arbitrary bytes, and what was sealed from them.
func FuzzOpen(f *testing.F) {
	vault := newTestVault(f, testSecret)
	good, err := vault.SealRefreshToken("host", "refresh")
	if err != nil {
		f.Fatal(err)
	}
	for _, sealed := range [][]byte{nil, {sealedV1}, {sealedV2}, {0}, good[:5], good[:12], good[:28], good[1:], good} {
		f.Add("host", sealed)
	}
	f.Fuzz(func(t *testing.T, hostID string, data []byte) {
		if token, err := vault.open(hostID, data); (token == grant{}) != (err != nil) {
			t.Errorf("got %+v and %v", token, err)
		}
		refresh := strings.ToValidUTF8(string(data), "")
		sealed, err := vault.SealRefreshToken(hostID, refresh)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := vault.open(hostID, sealed); err != nil || token.RefreshToken != refresh {
			t.Errorf("got %+v and %v, want %q", token, err, refresh)
		}
		refuses(t, vault, hostID+"x", sealed)
	})
}
