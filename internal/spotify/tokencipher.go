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
	// The first byte of sealed tokens is the format: sealedV1 is followed by the ciphertext alone, sealedV2 by the key's
	// id and the ciphertext.
	sealedV1 = 1
	sealedV2 = 2
)

// TokenCipher encrypts hosts' tokens for the database, with AES-256-GCM. Tokens that were sealed for one host cannot be
// opened for another. Sealed tokens name their key, so that keys can be rotated: put the new secret first, keep the old
// one behind it until every token has been refreshed, and then remove it. That takes an hour for hosts whose rooms are
// open, and six months at most. Tokens sealed before keys had ids can still be opened. A TokenCipher is safe for
// concurrent use.
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

// NewTokenCipher returns a TokenCipher that seals with a key derived from the current secret, and opens tokens sealed
// with a key of the current or an old secret. Each secret must have at least 16 unpredictable bytes.
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

// SealRefreshToken seals the first refresh token of an account, for the host with this user id.
func (c *TokenCipher) SealRefreshToken(hostID, refreshToken string) ([]byte, error) {
	return c.seal(hostID, grant{Token: oauth2.Token{RefreshToken: refreshToken}})
}

// seal encrypts a grant for one host, with the current key.
func (c *TokenCipher) seal(hostID string, g grant) ([]byte, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("seal tokens: %w", err)
	}
	k := c.keys[0]
	return k.aead.Seal(append([]byte{sealedV2}, k.id...), nil, plain, []byte(hostID)), nil
}

// open returns the grant that seal sealed for this host.
func (c *TokenCipher) open(hostID string, sealed []byte) (grant, error) {
	plain, err := c.decrypt(hostID, sealed)
	if err != nil {
		return grant{}, fmt.Errorf("open sealed tokens: %w", err)
	}
	var g grant
	if err := json.Unmarshal(plain, &g); err != nil {
		return grant{}, fmt.Errorf("open sealed tokens: %w", err)
	}
	return g, nil
}

func (c *TokenCipher) decrypt(hostID string, sealed []byte) ([]byte, error) {
	err := errors.New("unknown key")
	for _, k := range c.keys {
		box, ok := k.ciphertext(sealed)
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

// ciphertext returns the part of sealed tokens that this key may be able to open, and false if another key sealed them.
func (k key) ciphertext(sealed []byte) ([]byte, bool) {
	if len(sealed) > 0 && sealed[0] == sealedV1 {
		return sealed[1:], true
	}
	return bytes.CutPrefix(sealed, append([]byte{sealedV2}, k.id...))
}
