package spotify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// request is one that the library cannot make, or makes to where new apps get no answer.
type request struct {
	method, path string // below the Web API's URL
	query        url.Values
	body         any // nil: none
}

// do sends a request with what through gives to send it. The answer goes into what into points to, if there is one; an
// answer of 204 leaves that as it was.
func (c *Client) do(ctx context.Context, web *http.Client, r request, into any) error {
	sent, err := c.built(ctx, r)
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

func (c *Client) built(ctx context.Context, r request) (*http.Request, error) {
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

// ask is do, within send.
func (c *Client) ask(ctx context.Context, hostID, name string, p priority, r request, into any) *failure {
	return c.send(hostID, name, p, func(web *http.Client) error { return c.do(ctx, web, r, into) })
}
