// Package fakeaws gives tests a Secrets Manager: GetSecretValue over HTTP as AWS has it (JSON 1.1, Signature Version 4), and
// the ways in which it fails.
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

// Hang is a fault that answers nothing.
const Hang = "hang"

// Server is a Secrets Manager on the loopback interface.
type Server struct {
	url string

	mu       sync.Mutex
	secrets  map[string]map[string]any // answers by name; guarded by mu
	faults   map[string][]string       // by name, the next one first; guarded by mu
	requests map[string]int            // by name; guarded by mu
}

// Start serves until the test ends. A request that AWS would not understand fails the test.
func Start(tb testing.TB) *Server {
	s := &Server{secrets: map[string]map[string]any{}, faults: map[string][]string{}, requests: map[string]int{}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(r); err != nil {
			tb.Errorf("AWS would refuse this: %v", err)
		}
		s.answer(w, r)
	}))
	tb.Cleanup(func() {
		web.CloseClientConnections() // what hangs
		web.Close()
	})
	s.url = web.URL
	return s
}

// Environ is how AWS's libraries find this server, and nothing else of the machine they run on.
func (s *Server) Environ() []string {
	return []string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + s.url, "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + account,
		"AWS_SECRET_ACCESS_KEY=fakefakefake", "AWS_SESSION_TOKEN=faketoken", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PROFILE=",
	}
}

// Put stores the current version of a secret.
func (s *Server) Put(name, content string) { s.put(name, map[string]any{"SecretString": content}) }

// PutBinary stores a secret that is no text.
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

// Fail answers the next requests for a secret with faults: Hang, "500", a code of AWS's errors, or any other text instead
// of JSON.
func (s *Server) Fail(name string, faults ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[name] = faults
}

// Asked returns how often a secret was asked for.
func (s *Server) RequestCount(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[name]
}

var (
	scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=` + account + `/(\d{8})/` + region + `/secretsmanager/aws4_request, ` +
		`SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$`)
	code = regexp.MustCompile(`^[A-Za-z]+(Exception|Failure|Error)$`)
)

// check is what AWS checks but for the signature's value.
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

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
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
		_, _ = fmt.Fprint(w, fault) // who does not read it was told otherwise by its deadline
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

// refuse answers as AWS does; its messages may repeat parts of the request.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": "x-amz-security-token:faketoken"})
}
