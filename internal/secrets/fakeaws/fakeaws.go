// Package fakeaws provides tests with a Secrets Manager that implements GetSecretValue like AWS (JSON 1.1, Signature
// Version 4), and that can fail in the ways that AWS does.
package fakeaws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

const (
	region  = "eu-central-1"
	account = "AKIDFAKE"
)

// Hang is a fault: the request gets no response.
const Hang = "hang"

// Server is a Secrets Manager. It is safe for concurrent use.
type Server struct {
	tb  testing.TB
	url string

	mu       sync.Mutex
	secrets  map[string]map[string]any // responses by name; guarded by mu
	faults   map[string][]string       // by name, the next one first; guarded by mu
	requests map[string]int            // number of requests by name; guarded by mu
}

// New returns a server without a network, whose RoundTrip answers requests. A request that AWS would refuse fails the
// test.
func New(tb testing.TB) *Server {
	return &Server{
		tb: tb, url: "http://secretsmanager.invalid",
		secrets: map[string]map[string]any{}, faults: map[string][]string{}, requests: map[string]int{},
	}
}

// Start returns a server that listens on the loopback interface until the test ends. A request that AWS would refuse
// fails the test.
func Start(tb testing.TB) *Server {
	s := New(tb)
	web := httptest.NewServer(s)
	tb.Cleanup(func() {
		web.CloseClientConnections() // of requests that hang
		web.Close()
	})
	s.url = web.URL
	return s
}

// Environ returns the variables with which AWS's libraries find this server, and ignore all settings of the machine.
func (s *Server) Environ() []string {
	return []string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + s.url, "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + account,
		"AWS_SECRET_ACCESS_KEY=fakefakefake", "AWS_SESSION_TOKEN=faketoken", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PROFILE=", "AWS_CA_BUNDLE=",
	}
}

// Put stores the current version of a secret.
func (s *Server) Put(name, content string) { s.put(name, map[string]any{"SecretString": content}) }

// PutBinary stores the current version of a secret that is not text.
func (s *Server) PutBinary(name string, content []byte) {
	s.put(name, map[string]any{"SecretBinary": content})
}

func (s *Server) put(name string, answer map[string]any) {
	answer["ARN"] = "arn:aws:secretsmanager:" + region + ":123456789012:secret:" + name + "-AbCdEf"
	answer["Name"], answer["VersionStages"] = name, []string{"AWSCURRENT"}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets[name] = answer
}

// Fail makes the next requests for a secret fail, one with each fault: Hang, "500", an error code of AWS, or any other
// text, which is sent instead of JSON.
func (s *Server) Fail(name string, faults ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name] = faults
}

// RequestCount returns the number of requests for a secret.
func (s *Server) RequestCount(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[name]
}

var (
	scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=` + account + `/(\d{8})/` + region +
		`/secretsmanager/aws4_request, ` +
		`SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$`)
	code = regexp.MustCompile(`^[A-Za-z]+(Exception|Failure|Error)$`)
)

// check returns an error if AWS would refuse a request. It does not verify the signature itself.
func check(r *http.Request) error {
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/":
		return fmt.Errorf("%s %s", r.Method, r.URL)
	case r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
		return fmt.Errorf("the content type %s", r.Header.Get("Content-Type"))
	case r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue":
		return fmt.Errorf("the target %s", r.Header.Get("X-Amz-Target"))
	case signed == nil || !strings.HasPrefix(r.Header.Get("X-Amz-Date"), signed[1]+"T"):
		return fmt.Errorf("the signature %s of %s", r.Header.Get("Authorization"), r.Header.Get("X-Amz-Date"))
	}
	for _, name := range []string{"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} {
		if !strings.Contains(";"+signed[2]+";", ";"+name+";") {
			return fmt.Errorf("%s is not signed", name)
		}
	}
	return nil
}

// RoundTrip implements http.RoundTripper: it answers a request without a network, so that it can be used in fake time.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := check(r); err != nil {
		s.tb.Errorf("AWS would refuse this request: %v", err)
	}
	var request struct{ SecretId string } // AWS's spelling
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil || request.SecretId == "" {
		refuse(w, http.StatusBadRequest, "InvalidParameterException")
		return
	}
	fault, secret := s.next(request.SecretId)
	switch {
	case fault == Hang:
		<-r.Context().Done()
	case fault == "500":
		refuse(w, http.StatusInternalServerError, "InternalServiceError")
	case code.MatchString(fault):
		refuse(w, http.StatusBadRequest, fault)
	case fault != "":
		_, _ = fmt.Fprint(w, fault) // an error means that the client has given up
	case secret == nil:
		refuse(w, http.StatusBadRequest, "ResourceNotFoundException")
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(secret) // as above
	}
}

func (s *Server) next(name string) (fault string, secret map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[name]++
	if faults := s.faults[name]; len(faults) > 0 {
		fault, s.faults[name] = faults[0], faults[1:]
	}
	return fault, s.secrets[name]
}

// refuse sends an error as AWS does. Its message repeats a part of the request, as some of AWS's messages do.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": "x-amz-security-token:faketoken"})
}
