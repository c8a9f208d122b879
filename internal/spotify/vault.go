package spotify

import (
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
	minSecret = 16 // bytes
	// sealedV1 stands in front of what is sealed, so that another way of sealing can follow.
	sealedV1 = 1
)

// Vault encrypts hosts' tokens for the database, with AES-256-GCM. What is sealed for one host cannot be opened as another
// one's.
type Vault struct{ aead cipher.AEAD }

// NewVault returns a Vault with a key derived from a secret, which must have at least 16 bytes that nobody can guess.
func NewVault(secret []byte) (*Vault, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("the secret for tokens has %d bytes, want at least %d", len(secret), minSecret)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "antwon.dj spotify tokens", keySize)
	if err != nil {
		return nil, fmt.Errorf("derive the key for tokens: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Vault{aead}, nil
}

// SealRefreshToken seals what a new account begins with, for the host with this user id.
func (v *Vault) SealRefreshToken(hostID, refreshToken string) ([]byte, error) {
	return v.seal(hostID, &oauth2.Token{RefreshToken: refreshToken})
}

func (v *Vault) seal(hostID string, token *oauth2.Token) ([]byte, error) {
	plain, err := json.Marshal(token)
	if err != nil {
		return nil, fmt.Errorf("seal tokens: %w", err)
	}
	return v.aead.Seal([]byte{sealedV1}, nil, plain, []byte(hostID)), nil
}

func (v *Vault) open(hostID string, sealed []byte) (*oauth2.Token, error) {
	if len(sealed) == 0 || sealed[0] != sealedV1 {
		return nil, errors.New("open sealed tokens: unknown form")
	}
	plain, err := v.aead.Open(nil, nil, sealed[1:], []byte(hostID))
	if err != nil {
		return nil, fmt.Errorf("open sealed tokens: %w", err)
	}
	var token oauth2.Token
	if err := json.Unmarshal(plain, &token); err != nil {
		return nil, fmt.Errorf("open sealed tokens: %w", err)
	}
	return &token, nil
}
