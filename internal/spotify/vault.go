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
	keySize   = 32 // AES-256
	nameSize  = 4
	minSecret = 16 // bytes
	// What is sealed begins with how: sealedV1 is followed by nothing but the box, sealedV2 by the key's name and the box.
	sealedV1 = 1
	sealedV2 = 2
)

// Vault encrypts hosts' tokens for the database, with AES-256-GCM. What is sealed for one host cannot be opened as another
// one's. It names its key, so that keys can be exchanged: put the new secret first, keep the old one behind it until every
// token was refreshed, which takes an hour for hosts whose rooms are open and six months at most, and then drop it. What was
// sealed before keys had names is still opened.
type Vault struct {
	keys []key // the current one first
}

type key struct {
	name []byte // tells keys apart, and nothing about them
	aead cipher.AEAD
}

// grant is what a host gave the server at Spotify.
type grant struct {
	oauth2.Token
	Scope string `json:"scope,omitempty"` // separated by spaces; empty: not known
}

// NewVault returns a Vault that seals with a key derived from the current secret, and also opens what was sealed with one of
// the old ones. Each must have at least 16 bytes that nobody can guess.
func NewVault(current []byte, old ...[]byte) (*Vault, error) {
	v := &Vault{}
	for _, secret := range append([][]byte{current}, old...) {
		k, err := newKey(secret)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, k)
	}
	return v, nil
}

func newKey(secret []byte) (key, error) {
	if len(secret) < minSecret {
		return key{}, fmt.Errorf("the secret for tokens has %d bytes, want at least %d", len(secret), minSecret)
	}
	derived, err := hkdf.Key(sha256.New, secret, nil, "antwon.dj spotify tokens", keySize)
	if err != nil {
		return key{}, fmt.Errorf("derive the key for tokens: %w", err)
	}
	name, err := hkdf.Key(sha256.New, secret, nil, "antwon.dj spotify tokens: name", nameSize)
	if err != nil {
		return key{}, fmt.Errorf("derive the name of the key for tokens: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return key{name, aead}, err
}

// SealRefreshToken seals what a new account begins with, for the host with this user id.
func (v *Vault) SealRefreshToken(hostID, refreshToken string) ([]byte, error) {
	return v.seal(hostID, grant{Token: oauth2.Token{RefreshToken: refreshToken}})
}

func (v *Vault) seal(hostID string, g grant) ([]byte, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("seal tokens: %w", err)
	}
	k := v.keys[0]
	return k.aead.Seal(append([]byte{sealedV2}, k.name...), nil, plain, []byte(hostID)), nil
}

func (v *Vault) open(hostID string, sealed []byte) (grant, error) {
	plain, err := v.unseal(hostID, sealed)
	if err != nil {
		return grant{}, fmt.Errorf("open sealed tokens: %w", err)
	}
	var g grant
	if err := json.Unmarshal(plain, &g); err != nil {
		return grant{}, fmt.Errorf("open sealed tokens: %w", err)
	}
	return g, nil
}

func (v *Vault) unseal(hostID string, sealed []byte) ([]byte, error) {
	err := errors.New("no key that is known")
	for _, k := range v.keys {
		box, ok := k.box(sealed)
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

// box is what this key may open of what is sealed.
func (k key) box(sealed []byte) ([]byte, bool) {
	if len(sealed) > 0 && sealed[0] == sealedV1 {
		return sealed[1:], true
	}
	return bytes.CutPrefix(sealed, append([]byte{sealedV2}, k.name...))
}
