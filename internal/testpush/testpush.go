// Package testpush is a push service for tests, with the browsers that subscribe there. It accepts a message only if
// RFC 8030 (the request), RFC 8292 (VAPID) and RFC 8291 (encryption) allow it: a test fails if the server sends
// anything else.
//
//	testpush.go  Service
//	browser.go   Browser, which decrypts
package testpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Message is a message that the push service got for a browser.
type Message struct {
	Text    string // decrypted
	TTL     int    // seconds
	Topic   string
	Urgency string
	Key     string // of the server that sent it
	Subject string
}

// Service is a push service with TLS on this machine. It is safe for concurrent use.
type Service struct {
	*httptest.Server
	tb testing.TB

	mu       sync.Mutex
	browsers map[string]*Browser // by the path of their endpoint; guarded by mu
	answers  []answer            // of the next requests; guarded by mu
	requests int                 // so far; guarded by mu
}

// answer is a response that does not accept a message.
type answer struct {
	status     int
	retryAfter string
	location   string
}

// Start starts a push service, which stops when the test ends.
func Start(tb testing.TB) *Service {
	tb.Helper()
	s := &Service{tb: tb, browsers: map[string]*Browser{}}
	s.Server = httptest.NewTLSServer(s)
	tb.Cleanup(s.Close)
	return s
}

// Host is the host of the service's endpoints, with the port.
func (s *Service) Host() string { return strings.TrimPrefix(s.URL, "https://") }

// CertificateFile writes the certificate that clients have to trust into a file, and returns its path.
func (s *Service) CertificateFile() string {
	s.tb.Helper()
	path := filepath.Join(s.tb.TempDir(), "push.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(path, block, 0o600); err != nil {
		s.tb.Fatal(err)
	}
	return path
}

// Answer makes the service answer the next requests with these statuses. Afterwards it accepts messages again.
func (s *Service) Answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, status := range statuses {
		s.answers = append(s.answers, answer{status: status})
	}
}

// AnswerBusy makes the service answer the next request with 429, and with this number of seconds as Retry-After.
func (s *Service) AnswerBusy(seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answer{status: http.StatusTooManyRequests, retryAfter: strconv.Itoa(seconds)})
}

// Redirect makes the service redirect the next request to an address.
func (s *Service) Redirect(location string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answer{status: http.StatusTemporaryRedirect, location: location})
}

// Requests returns how many requests the service has got.
func (s *Service) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if len(s.answers) > 0 {
		next := s.answers[0]
		s.answers = s.answers[1:]
		if next.retryAfter != "" {
			w.Header().Set("Retry-After", next.retryAfter)
		}
		if next.location != "" {
			w.Header().Set("Location", next.location)
		}
		w.WriteHeader(next.status)
		_, _ = w.Write([]byte(strings.Repeat("no ", 100_000))) // fails if the sender does not read on
		return
	}
	browser := s.browsers[r.URL.Path]
	if browser == nil {
		w.WriteHeader(http.StatusGone)
		return
	}
	message, err := s.read(r, browser)
	if err != nil {
		s.tb.Errorf("the push service refuses a message: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	browser.messages = append(browser.messages, message)
	w.WriteHeader(http.StatusCreated)
}

// maxBody is the size of the body, in bytes, that every push service has to accept.
const maxBody = 4096

// read checks and decrypts a message.
func (s *Service) read(r *http.Request, browser *Browser) (m Message, err error) {
	m.Topic, m.Urgency = r.Header.Get("Topic"), r.Header.Get("Urgency")
	if m.TTL, err = strconv.Atoi(r.Header.Get("TTL")); err != nil || m.TTL < 0 {
		return m, fmt.Errorf("the TTL is %q", r.Header.Get("TTL"))
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return m, fmt.Errorf("%s with the encoding %q", r.Method, r.Header.Get("Content-Encoding"))
	}
	if m.Key, m.Subject, err = checkVAPID(r.Header.Get("Authorization"), s.URL); err != nil {
		return m, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return m, fmt.Errorf("a body of %d bytes, %w", len(body), err)
	}
	m.Text, err = browser.decrypt(body)
	return m, err
}

// checkVAPID returns the key that has signed a request to a push service, and the subject of its token.
func checkVAPID(authorization, audience string) (key, subject string, err error) {
	parameters, isVAPID := strings.CutPrefix(authorization, "vapid ")
	if !isVAPID {
		return "", "", errors.New("not signed by VAPID")
	}
	var token string
	for parameter := range strings.SplitSeq(parameters, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(parameter), "="); name {
		case "t":
			token = value
		case "k":
			key = value
		}
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return "", "", fmt.Errorf("decode the key: %w", err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return "", "", fmt.Errorf("parse the key: %w", err)
	}
	claims := &jwt.RegisteredClaims{}
	_, err = jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return public, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	if err != nil {
		return "", "", fmt.Errorf("check the token: %w", err)
	}
	if time.Until(claims.ExpiresAt.Time) > 24*time.Hour {
		return "", "", errors.New("the token is valid for more than a day")
	}
	return key, claims.Subject, nil
}
