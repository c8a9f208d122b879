package testpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// Browser is a browser that has subscribed at a push service.
type Browser struct {
	Endpoint, P256dh, Auth string // as pages get them

	service  *Service
	private  *ecdh.PrivateKey
	auth     []byte
	messages []Message // guarded by Service.mu
}

// Subscribe returns a browser with a subscription of its own.
func (s *Service) Subscribe() *Browser {
	s.tb.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.tb.Fatal(err)
	}
	path, auth := "/push/"+rand.Text(), make([]byte, 16)
	if _, err := rand.Read(auth); err != nil {
		s.tb.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	b := &Browser{
		Endpoint: s.URL + path, P256dh: encode(private.PublicKey().Bytes()), Auth: encode(auth),
		service: s, private: private, auth: auth,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browsers[path] = b
	return b
}

// Messages returns the messages that the browser got, oldest first.
func (b *Browser) Messages() []Message {
	b.service.mu.Lock()
	defer b.service.mu.Unlock()
	return slices.Clone(b.messages)
}

// Texts returns the texts of Messages.
func (b *Browser) Texts() []string {
	var texts []string
	for _, m := range b.Messages() {
		texts = append(texts, m.Text)
	}
	return texts
}

// The parts of a message before its text, see RFC 8188, section 2.1.
const (
	saltBytes   = 16
	sizeBytes   = 4 // of the record
	lengthBytes = 1 // of the sender's key
	keyBytes    = 65
	headerBytes = saltBytes + sizeBytes + lengthBytes + keyBytes
)

// decrypt decrypts a message of one record, as RFC 8291, sections 3.3 and 3.4, says.
func (b *Browser) decrypt(body []byte) (string, error) {
	if len(body) < headerBytes || body[saltBytes+sizeBytes] != keyBytes {
		return "", errors.New("the message has no header")
	}
	salt, key := body[:saltBytes], body[headerBytes-keyBytes:headerBytes]
	sender, err := ecdh.P256().NewPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("the sender's key: %w", err)
	}
	secret, err := b.private.ECDH(sender)
	if err != nil {
		return "", fmt.Errorf("agree on a secret: %w", err)
	}
	info := slices.Concat([]byte("WebPush: info\x00"), b.private.PublicKey().Bytes(), key)
	input, err := hkdf.Key(sha256.New, secret, b.auth, string(info), 32)
	if err != nil {
		return "", err
	}
	contentKey, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return "", err
	}
	nonce, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return "", err
	}
	return open(contentKey, nonce, body[headerBytes:])
}

// open decrypts the last record of a message, and removes its padding.
func open(key, nonce, record []byte) (string, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	padded, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return "", fmt.Errorf("decrypt: %w", err)
	}
	text, isLast := bytes.CutSuffix(bytes.TrimRight(padded, "\x00"), []byte{2})
	if !isLast {
		return "", errors.New("the record is not the last one")
	}
	return string(text), nil
}
