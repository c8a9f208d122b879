package openid

import "net/http"

// SetTransport makes answer respond to the Provider's requests, in place of the network.
func (p *Provider) SetTransport(answer func(*http.Request) (*http.Response, error)) {
	p.http.Transport = roundTrip(answer)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (r roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }
