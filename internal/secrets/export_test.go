package secrets

import (
	"context"
	"net/http"
)

// OpenOver is OpenAWS with requests that go through a RoundTripper instead of the network.
func OpenOver(ctx context.Context, o Options, transport http.RoundTripper) (*Source, error) {
	o = o.withDefaults()
	return open(ctx, o, &http.Client{Transport: transport, Timeout: o.AttemptTimeout})
}
