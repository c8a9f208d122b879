// Package contract checks requests to Spotify's Web API, and its responses, real or simulated, against Spotify's
// machine readable description of the API. It is for tests.
//
// The description is an OpenAPI file, the source of Spotify's reference, with the community's corrections
// (github.com/sonallux/spotify-web-api). It is not part of this repository, and is looked for beside it, at
// ../shared/spotify-openapi.yml. If it is missing, nothing is checked and the test's log says so; with
// ANTWON_TEST_STRICT=1 the test fails instead. Where the description is known to be wrong, or narrower than the
// responses that Spotify has been seen to send, widen.go corrects it and gives the reasons.
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

// Check wraps base in a transport that reports to t every request to the Web API, and every response, that does not
// conform to the description. It ignores requests to paths outside /v1/. It reads each response completely before it
// returns it.
func Check(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	return check(t, base, true)
}

// CheckResponses is like Check, but checks responses only. It is for tests that send invalid requests on purpose.
func CheckResponses(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	return check(t, base, false)
}

func check(t testing.TB, base http.RoundTripper, requests bool) http.RoundTripper {
	t.Helper()
	router := loadRouter(t)
	if router == nil {
		return base
	}
	return &checker{t: t, base: base, router: router, requests: requests}
}

// checker is the transport that Check returns.
type checker struct {
	t        testing.TB
	base     http.RoundTripper
	router   routers.Router
	requests bool // whether to check requests, too
}

// RoundTrip implements http.RoundTripper.
func (c *checker) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ours := strings.CutPrefix(r.URL.Path, "/v1")
	if !ours || !strings.HasPrefix(path, "/") {
		return c.base.RoundTrip(r)
	}
	body, err := readBody(r.Body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body = newBody(body)
	response, err := c.base.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := readBody(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = newBody(answer)
	c.compare(r, path, body, response, answer)
	return response, nil
}

func readBody(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	return io.ReadAll(body)
}

func newBody(body []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }

// compare reports a request or a response that does not conform.
func (c *checker) compare(r *http.Request, path string, body []byte, response *http.Response, answer []byte) {
	input := validationInput(r, path, body)
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
	if isUndescribed(response) {
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Body: newBody(answer),
		Options: input.Options,
	})
	if err != nil {
		c.t.Errorf("the response %d to %s %s does not conform: %v\n%s", response.StatusCode, r.Method, r.URL, err, answer)
	}
}

// validationInput returns the request as the description knows it, with a path relative to the Web API's base URL.
func validationInput(r *http.Request, path string, body []byte) *openapi3filter.RequestValidationInput {
	bare := r.Clone(context.Background())
	bare.URL = &url.URL{Path: path, RawQuery: r.URL.RawQuery}
	bare.Body = newBody(body)
	if len(body) == 0 {
		bare.Body = http.NoBody
	} else if bare.Header.Get("Content-Type") == "" { // clients omit it, and Spotify accepts that
		bare.Header.Set("Content-Type", "application/json")
	}
	return &openapi3filter.RequestValidationInput{Request: bare, Options: &openapi3filter.Options{
		IncludeResponseStatus: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}}
}
