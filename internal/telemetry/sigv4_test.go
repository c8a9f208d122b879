package telemetry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"antwon.dj/backend/internal/telemetry"
)

func TestOnlyXRayGetsSignedRequests(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://xray.eu-west-1.amazonaws.com":          "eu-west-1",
		"https://xray.us-gov-east-1.amazonaws.com/":     "us-gov-east-1",
		"http://127.0.0.1:4318":                         "",
		"https://xray.eu-west-1.amazonaws.com.evil.org": "",
		"https://collector.example.org":                 "",
	} {
		if got := telemetry.SigningRegion(endpoint); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
}

// The collector signs each request itself, as AWS does, and compares.
func TestSpansAreSignedForXRay(t *testing.T) {
	credentials := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", SessionToken: "session"}
	t.Setenv("AWS_ACCESS_KEY_ID", credentials.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", credentials.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", credentials.SessionToken)
	spans := make(chan int, 10) // more than are sent
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("signed at %s, %v", at, err)
		}
		got, again := r.Header.Get("Authorization"), r.Clone(r.Context())
		again.URL.Scheme, again.URL.Host = "http", r.Host
		again.Header = http.Header{}
		_, rest, _ := strings.Cut(got, "SignedHeaders=")
		signedHeaders, _, _ := strings.Cut(rest, ",")
		for name := range strings.SplitSeq(signedHeaders, ";") {
			if value := r.Header.Get(name); value != "" {
				again.Header.Set(name, value)
			}
		}
		hash := sha256.Sum256(body)
		err = v4.NewSigner().SignHTTP(
			r.Context(), credentials, again, hex.EncodeToString(hash[:]), "xray", "eu-west-1", at,
		)
		if want := again.Header.Get("Authorization"); err != nil || got != want {
			t.Errorf("the signature is\n%s, want\n%s (%v)", got, want, err)
		}
		spans <- len(body)
	}))
	defer collector.Close()
	tracing, err := telemetry.Start(t.Context(), telemetry.Config{
		Endpoint: collector.URL, Service: "antwon", SignFor: "eu-west-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, span := tracing.Provider().Tracer("test").Start(t.Context(), "song")
	span.End()
	tracing.Close()
	select {
	case n := <-spans:
		if n == 0 {
			t.Error("an empty request")
		}
	default:
		t.Error("nothing was sent")
	}
}
