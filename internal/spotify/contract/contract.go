// Package contract checks what is said between a client and Spotify's Web API, real or simulated, against the machine
// readable description of it that Spotify's reference is made from. It is for tests.
//
// The description (an OpenAPI file, with the community's corrections, github.com/sonallux/spotify-web-api) is not part of
// this repository. It is looked for beside it, at ../shared/spotify-openapi.yml. Where it is missing nothing is checked,
// and the test says so; with ANTWON_TEST_STRICT=1 it fails instead. What the description is known to have wrong, or
// narrower than what Spotify has been seen to answer, stands in widened.go, with reasons.
package contract

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Check is base, and reports to t every request to the Web API and every answer to one that does not conform. Requests to
// other paths than /v1/ pass unseen. An answer is read to its end before it is handed on.
func Check(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	return check(t, base, true)
}

// Answers is Check for those who ask for what they may not: only answers are checked.
func Answers(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	return check(t, base, false)
}

func check(t testing.TB, base http.RoundTripper, requests bool) http.RoundTripper {
	t.Helper()
	router := described(t)
	if router == nil {
		return base
	}
	return &checker{t, base, router, requests}
}

type checker struct {
	t        testing.TB
	base     http.RoundTripper
	router   routers.Router
	requests bool
}

// RoundTrip implements http.RoundTripper.
func (c *checker) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ours := strings.CutPrefix(r.URL.Path, "/v1")
	if !ours || !strings.HasPrefix(path, "/") {
		return c.base.RoundTrip(r)
	}
	body, err := drain(r.Body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body = again(body)
	response, err := c.base.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := drain(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = again(answer)
	c.compare(r, path, body, response, answer)
	return response, nil
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	return io.ReadAll(body)
}

func again(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }

// compare reports what does not conform.
func (c *checker) compare(r *http.Request, path string, body []byte, response *http.Response, answer []byte) {
	input := requestOf(r, path, body)
	route, params, err := c.router.FindRoute(input.Request)
	if err != nil {
		if c.requests {
			c.t.Errorf("%s %s is not in Spotify's description of its Web API: %v", r.Method, r.URL.Path, err)
		}
		return
	}
	input.Route, input.PathParams = route, params
	if c.requests {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			c.t.Errorf("the request %s %s does not conform: %v\n%s", r.Method, r.URL, err, body)
		}
	}
	if anything(response) {
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Body: again(answer), Options: input.Options,
	})
	if err != nil {
		c.t.Errorf("the answer %d to %s %s does not conform: %v\n%s", response.StatusCode, r.Method, r.URL, err, answer)
	}
}

// requestOf is a request as the description knows it: without the base of its URL.
func requestOf(r *http.Request, path string, body []byte) *openapi3filter.RequestValidationInput {
	bare := r.Clone(context.Background())
	bare.URL = &url.URL{Path: path, RawQuery: r.URL.RawQuery}
	bare.Body = again(body)
	if len(body) == 0 {
		bare.Body = http.NoBody
	} else if bare.Header.Get("Content-Type") == "" { // clients omit it, and Spotify does not mind
		bare.Header.Set("Content-Type", "application/json")
	}
	return &openapi3filter.RequestValidationInput{Request: bare, Options: &openapi3filter.Options{
		IncludeResponseStatus: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}}
}
