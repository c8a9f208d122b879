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

func newTestCipher(t testing.TB, secret string) *TokenCipher {
	t.Helper()
	v, err := NewTokenCipher([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTokenCipher(t *testing.T) {
	cipher := newTestCipher(t, testSecret)
	token := oauth2.Token{AccessToken: "access", RefreshToken: "refresh",
		Expiry: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	encrypted, err := cipher.encrypt("host", grant{token, "a b"})
	if err != nil {
		t.Fatal(err)
	}

	t.Run("encrypted tokens can be decrypted", func(t *testing.T) {
		for name, v := range map[string]*TokenCipher{"by it": cipher,
			"by another with the same secret": newTestCipher(t, testSecret)} {
			got, err := v.decrypt("host", encrypted)
			if err != nil {
				t.Fatal(err)
			}
			if got.AccessToken != "access" || got.RefreshToken != "refresh" || !got.Expiry.Equal(token.Expiry) ||
				got.Scope != "a b" {
				t.Errorf("%s: got %+v", name, got)
			}
		}
	})
	t.Run("nothing of it can be read", func(t *testing.T) {
		if bytes.Contains(encrypted, []byte("refresh")) || bytes.Contains(encrypted, []byte("access")) {
			t.Error("the encrypted token contains plain text")
		}
		if again, _ := cipher.encrypt("host", grant{token, "a b"}); bytes.Equal(again, encrypted) {
			t.Error("encrypting twice gives the same")
		}
	})
	t.Run("every change is noticed", func(t *testing.T) {
		for i := range encrypted {
			changed := bytes.Clone(encrypted)
			changed[i] ^= 1
			refuses(t, cipher, "host", changed)
			refuses(t, cipher, "host", encrypted[:i])
			refuses(t, cipher, "host", slices.Insert(bytes.Clone(encrypted), i, 0))
		}
		refuses(t, cipher, "host", append(bytes.Clone(encrypted), 0))
	})
	t.Run("another host or another secret cannot decrypt it", func(t *testing.T) {
		for _, other := range []string{"another", "", "Host", "host "} {
			refuses(t, cipher, other, encrypted)
		}
		refuses(t, newTestCipher(t, "another secret of enough bytes"), "host", encrypted)
	})
	t.Run("the key's id does not reveal the key", func(t *testing.T) {
		derived, err := hkdf.Key(sha256.New, []byte(testSecret), nil, "antwon.dj spotify tokens", keySize)
		if err != nil || bytes.Contains(derived, cipher.keys[0].id) {
			t.Errorf("the key %x contains its id %x, %v", derived, cipher.keys[0].id, err)
		}
	})
	t.Run("only a token can be decrypted", func(t *testing.T) {
		refuses(t, cipher, "host", cipher.keys[0].aead.Seal([]byte{encryptedV1}, nil, []byte("no JSON"), []byte("host")))
	})
}

func refuses(t *testing.T, v *TokenCipher, hostID string, encrypted []byte) {
	t.Helper()
	if token, err := v.decrypt(hostID, encrypted); err == nil {
		t.Errorf("%q decrypted %x: %+v", hostID, encrypted, token)
	}
}

// TestKeyRotation: tokens encrypted with the old key can be decrypted while that key is kept. New ones do not need
// it.
func TestKeyRotation(t *testing.T) {
	const newSecret = "another secret of enough bytes"
	before := newTestCipher(t, testSecret)
	first, err := before.EncryptRefreshToken("host", "refresh")
	if err != nil {
		t.Fatal(err)
	}
	for name, encrypted := range map[string][]byte{"named": first,
		"from before keys had names": encryptedBeforeNames(t, before, "refresh")} {
		t.Run(name, func(t *testing.T) {
			both, err := NewTokenCipher([]byte(newSecret), []byte("one that was never used"), []byte(testSecret))
			if err != nil {
				t.Fatal(err)
			}
			g, err := both.decrypt("host", encrypted)
			if err != nil || g.RefreshToken != "refresh" {
				t.Fatalf("got %+v, %v", g, err)
			}
			refuses(t, both, "another", encrypted)
			encryptedAgain, err := both.encrypt("host", g)
			if err != nil {
				t.Fatal(err)
			}
			if g, err := newTestCipher(t, newSecret).decrypt("host", encryptedAgain); err != nil || g.RefreshToken != "refresh" {
				t.Errorf("the new key alone opens %+v, %v", g, err)
			}
			refuses(t, before, "host", encryptedAgain)
			refuses(t, newTestCipher(t, newSecret), "host", encrypted)
		})
	}
}

// encryptedBeforeNames returns encrypted tokens in the first format, without the id of the key.
func encryptedBeforeNames(t *testing.T, v *TokenCipher, refreshToken string) []byte {
	t.Helper()
	plain, err := json.Marshal(&oauth2.Token{RefreshToken: refreshToken})
	if err != nil {
		t.Fatal(err)
	}
	return v.keys[0].aead.Seal([]byte{1}, nil, plain, []byte("host"))
}

func TestShortSecretIsRefused(t *testing.T) {
	for _, secret := range []string{"", "15 bytes are no"} {
		if _, err := NewTokenCipher([]byte(secret)); err == nil {
			t.Errorf("%q was accepted", secret)
		}
		if _, err := NewTokenCipher([]byte(testSecret), []byte(secret)); err == nil {
			t.Errorf("%q was accepted as an old one", secret)
		}
	}
	newTestCipher(t, "16 bytes are ok.")
}

// FuzzDecrypt decrypts arbitrary bytes, and encrypts and decrypts tokens made from them.
func FuzzDecrypt(f *testing.F) {
	cipher := newTestCipher(f, testSecret)
	good, err := cipher.EncryptRefreshToken("host", "refresh")
	if err != nil {
		f.Fatal(err)
	}
	for _, encrypted := range [][]byte{
		nil, {encryptedV1}, {encryptedV2}, {0}, good[:5], good[:12], good[:28], good[1:], good,
	} {
		f.Add("host", encrypted)
	}
	f.Fuzz(func(t *testing.T, hostID string, data []byte) {
		if token, err := cipher.decrypt(hostID, data); (token == grant{}) != (err != nil) {
			t.Errorf("got %+v and %v", token, err)
		}
		refresh := strings.ToValidUTF8(string(data), "")
		encrypted, err := cipher.EncryptRefreshToken(hostID, refresh)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := cipher.decrypt(hostID, encrypted); err != nil || token.RefreshToken != refresh {
			t.Errorf("got %+v and %v, want %q", token, err, refresh)
		}
		refuses(t, cipher, hostID+"x", encrypted)
	})
}

// Tokens may grow; those that cannot be stored are refused by name, and not by the database.
func TestTokensThatCannotBeStoredAreRefused(t *testing.T) {
	cipher := newTestCipher(t, testSecret)
	long := func(n int) grant {
		return grant{oauth2.Token{AccessToken: strings.Repeat("a", n), RefreshToken: "r"}, ""}
	}
	encrypted, err := cipher.encrypt("host", long(65_000))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cipher.decrypt("host", encrypted); err != nil || len(got.AccessToken) != 65_000 {
		t.Errorf("decrypted %d bytes, %v", len(got.AccessToken), err)
	}
	if _, err := cipher.encrypt("host", long(66_000)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("tokens of 66,000 bytes: %v", err)
	}
}
