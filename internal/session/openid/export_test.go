package openid

import "net/http"

// Through sends what the provider is asked to answer instead.
func (p *Provider) Through(answer func(*http.Request) (*http.Response, error)) {
	p.http.Transport = roundTrip(answer)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (r roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }
