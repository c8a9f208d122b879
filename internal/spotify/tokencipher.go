package spotify

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/oauth2"
)

const (
	keySize        = 32 // AES-256
	keyIDSize      = 4
	minSecretBytes = 16
	// The first byte of encrypted tokens is the format: encryptedV1 is followed by the ciphertext alone, encryptedV2 by
	// the key's id and the ciphertext.
	encryptedV1 = 1
	encryptedV2 = 2
)

// TokenCipher encrypts hosts' tokens for the database, with AES-256-GCM. Tokens that were encrypted for one host
// cannot be decrypted for another. Encrypted tokens name their key, so that keys can be rotated: put the new secret
// first, keep the old one behind it until every token has been refreshed, and then remove it. That takes an hour for
// hosts whose rooms are open, and six months at most. Tokens encrypted before keys had ids can still be decrypted. A
// TokenCipher is safe for concurrent use.
type TokenCipher struct {
	keys []key // the current key comes first
}

type key struct {
	id   []byte // distinguishes keys without revealing anything about them
	aead cipher.AEAD
}

// grant is an authorization that a host gave this server at Spotify.
type grant struct {
	oauth2.Token
	Scope string `json:"scope,omitempty"` // separated by spaces; empty: unknown
}

// NewTokenCipher returns a TokenCipher that encrypts with a key derived from the current secret, and decrypts tokens
// encrypted with a key of the current or an old secret. Each secret must have at least 16 unpredictable bytes.
func NewTokenCipher(current []byte, old ...[]byte) (*TokenCipher, error) {
	c := &TokenCipher{}
	for _, secret := range append([][]byte{current}, old...) {
		k, err := newKey(secret)
		if err != nil {
			return nil, err
		}
		c.keys = append(c.keys, k)
	}
	return c, nil
}

func newKey(secret []byte) (key, error) {
	if len(secret) < minSecretBytes {
		return key{}, fmt.Errorf("the secret for tokens has %d bytes, at least %d are required", len(secret), minSecretBytes)
	}
	derived, err := hkdf.Key(sha256.New, secret, nil, "antwon.dj spotify tokens", keySize)
	if err != nil {
		return key{}, fmt.Errorf("derive the key for tokens: %w", err)
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "antwon.dj spotify tokens: name", keyIDSize)
	if err != nil {
		return key{}, fmt.Errorf("derive the id of the key for tokens: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return key{id: id, aead: aead}, err
}

// EncryptRefreshToken encrypts the first refresh token of an account, for the host with this user id.
func (c *TokenCipher) EncryptRefreshToken(hostID, refreshToken string) ([]byte, error) {
	return c.encrypt(hostID, grant{Token: oauth2.Token{RefreshToken: refreshToken}})
}

// maxEncrypted is how many bytes of encrypted tokens can be stored.
const maxEncrypted = 65_535

// encrypt encrypts a grant for one host, with the current key. The error says so if the result cannot be stored.
func (c *TokenCipher) encrypt(hostID string, g grant) ([]byte, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("encrypt tokens: %w", err)
	}
	k := c.keys[0]
	encrypted := k.aead.Seal(append([]byte{encryptedV2}, k.id...), nil, plain, []byte(hostID))
	if n := len(encrypted); n > maxEncrypted {
		return nil, fmt.Errorf("encrypt tokens: Spotify's tokens are too long: they would take %d bytes of at most %d",
			n, maxEncrypted)
	}
	return encrypted, nil
}

// decrypt returns the grant that encrypt encrypted for this host.
func (c *TokenCipher) decrypt(hostID string, encrypted []byte) (grant, error) {
	plain, err := c.plaintext(hostID, encrypted)
	if err != nil {
		return grant{}, fmt.Errorf("decrypt tokens: %w", err)
	}
	var g grant
	if err := json.Unmarshal(plain, &g); err != nil {
		return grant{}, fmt.Errorf("decrypt tokens: %w", err)
	}
	return g, nil
}

func (c *TokenCipher) plaintext(hostID string, encrypted []byte) ([]byte, error) {
	err := errors.New("unknown key")
	for _, k := range c.keys {
		box, ok := k.ciphertext(encrypted)
		if !ok {
			continue
		}
		var plain []byte
		if plain, err = k.aead.Open(nil, nil, box, []byte(hostID)); err == nil {
			return plain, nil
		}
	}
	return nil, err
}

// ciphertext returns the part of encrypted tokens that this key may be able to decrypt, and false if another key
// encrypted them.
func (k key) ciphertext(encrypted []byte) ([]byte, bool) {
	if len(encrypted) > 0 && encrypted[0] == encryptedV1 {
		return encrypted[1:], true
	}
	return bytes.CutPrefix(encrypted, append([]byte{encryptedV2}, k.id...))
}
