package spotify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// request is a request that the zmb3 library cannot make, or sends to endpoints that new apps no longer have.
type request struct {
	method, path string // the path is relative to the Web API's base URL
	query        url.Values
	body         any // encoded as JSON; nil: no body
}

// get returns a GET request.
func get(path string, query url.Values) request {
	return request{method: http.MethodGet, path: path, query: query}
}

// doJSON sends a request with the client that runCall passes on, and decodes the response into the value that into
// points to. With a nil into, or a response of 204, it decodes nothing.
func (c *Client) doJSON(ctx context.Context, web *http.Client, r request, into any) error {
	sent, err := c.newRequest(ctx, r)
	if err != nil {
		return err
	}
	response, err := web.Do(sent)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch ok := response.StatusCode/100 == 2; {
	case ok && into == nil, response.StatusCode == http.StatusNoContent:
		return nil
	case response.StatusCode == http.StatusOK, response.StatusCode == http.StatusCreated:
		return json.NewDecoder(response.Body).Decode(into)
	}
	return errors.New(response.Status)
}

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	address := c.api + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	if r.body == nil {
		return http.NewRequestWithContext(ctx, r.method, address, nil)
	}
	body, err := json.Marshal(r.body)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
}

// jsonCall makes one request as a call of its own, see authorizedCall and doJSON.
func (c *Client) jsonCall(ctx context.Context, hostID, name string, p priority, r request, into any) *failure {
	return c.authorizedCall(hostID, name, p, func(web *http.Client) error { return c.doJSON(ctx, web, r, into) })
}
