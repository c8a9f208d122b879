package push

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// keyPair is a key pair on the curve P-256 as RFC 8292 (VAPID) requires it, in base64url. A push service accepts
// messages for a subscription only from the owner of the key with which the browser subscribed.
type keyPair struct{ public, private string }

// Keys are the key pairs of a deployment, the present one first.
type Keys []keyPair

// DeriveKeys derives a key pair from each secret. All servers that share a secret have the same keys.
func DeriveKeys(secrets [][]byte) (Keys, error) {
	keys := make(Keys, len(secrets))
	for i, secret := range secrets {
		key, err := deriveKey(secret)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

// deriveKey derives a key pair from a secret. Almost all values of 32 bytes are valid private keys. If one is not, the
// next candidate is tried.
func deriveKey(secret []byte) (keyPair, error) {
	for n := range 8 {
		derived, err := hkdf.Key(sha256.New, secret, nil, fmt.Sprint("antwon.dj push messages ", n), 32)
		if err != nil {
			return keyPair{}, fmt.Errorf("derive the key for push services: %w", err)
		}
		if private, err := ecdh.P256().NewPrivateKey(derived); err == nil {
			encode := base64.RawURLEncoding.EncodeToString
			return keyPair{public: encode(private.PublicKey().Bytes()), private: encode(derived)}, nil
		}
	}
	return keyPair{}, errors.New("derive the key for push services: no private key among eight candidates")
}
