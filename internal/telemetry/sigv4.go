package telemetry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
)

// xrayHost matches the host of AWS X-Ray's own endpoint for OTLP, which requires signed requests (X-Ray Developer
// Guide, "OpenTelemetry Protocol (OTLP) endpoint").
var xrayHost = regexp.MustCompile(`^xray\.([a-z0-9-]+)\.amazonaws\.com$`)

// SigningRegion returns the region for which requests to a collector have to be signed; "" if it is not AWS X-Ray.
func SigningRegion(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	if found := xrayHost.FindStringSubmatch(u.Hostname()); found != nil {
		return found[1]
	}
	return ""
}

// signer signs requests with AWS Signature Version 4.
type signer struct {
	next        http.RoundTripper
	credentials aws.CredentialsProvider
	region      string
}

// newSigningClient returns a client that signs requests to X-Ray with the credentials that AWS's tools would use.
func newSigningClient(ctx context.Context, region string) (*http.Client, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("find AWS's credentials: %w", err)
	}
	return &http.Client{
		Transport: &signer{next: http.DefaultTransport, credentials: cfg.Credentials, region: region},
		Timeout:   exportTimeout,
	}, nil
}

// RoundTrip implements http.RoundTripper.
func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	credentials, err := s.credentials.Retrieve(r.Context())
	if err != nil {
		return nil, fmt.Errorf("find AWS's credentials: %w", err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	signed := r.Clone(r.Context())
	signed.Body, signed.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	hash := sha256.Sum256(body)
	err = v4.NewSigner().SignHTTP(
		r.Context(), credentials, signed, hex.EncodeToString(hash[:]), "xray", s.region, time.Now(),
	)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return s.next.RoundTrip(signed)
}
