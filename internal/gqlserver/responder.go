package gqlserver

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The codes of errors that this package creates. All others come from Present and from gqlgen.
const (
	codeUnauthenticated = "UNAUTHENTICATED"
	codeBadInput        = "BAD_USER_INPUT"
	codeRateLimited     = "RATE_LIMITED"
)

// requestError describes a request that is not a valid operation. Status 0 stands for the status of an invalid
// document, which depends on the media type.
type requestError struct {
	status  int
	message string
}

func badRequest(message string) *requestError {
	return &requestError{status: http.StatusBadRequest, message: message}
}

func methodNotAllowed(method string) *requestError {
	return &requestError{
		status: http.StatusMethodNotAllowed, message: "The method " + method + " is not supported, only GET and POST.",
	}
}

func decodeObject(name, text string, target *map[string]any) *requestError {
	if text == "" {
		return nil
	}
	if err := decodeJSON([]byte(text), target); err != nil {
		return badRequest(name + " must be a JSON object.")
	}
	return nil
}

// responder writes the response to a request in the media type that the client prefers. The media type also determines
// the status of a document that is refused: with application/json it is 200, because older clients treat any other
// status as a network failure and do not read the errors.
type responder struct {
	w         http.ResponseWriter
	metrics   *metrics
	mediaType string
	events    bool // refusals are sent as events, see sendEvents
}

// wireResponse omits data if nothing was executed; gqlgen's own type would write null.
type wireResponse struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// encode returns a response in JSON, as it is sent.
func encode(response *graphql.Response) []byte {
	if len(response.Errors) == 0 && len(response.Extensions) == 0 && len(response.Data) > 0 {
		body := append(make([]byte, 0, len(response.Data)+16), `{"data":`...)
		return append(append(body, response.Data...), '}')
	}
	body, err := json.Marshal(wireResponse{response.Errors, response.Data, response.Extensions})
	if err != nil {
		panic(err) // a resolver or presenter has returned something that is not JSON
	}
	return body
}

// encodeErrors returns errors in JSON, as they are sent without a response.
func encodeErrors(errs gqlerror.List) json.RawMessage {
	data, err := json.Marshal(errs)
	if err != nil {
		panic(err) // a resolver or presenter has returned something that is not JSON
	}
	return data
}

func (a responder) send(status int, response *graphql.Response) {
	body := encode(response)
	a.w.Header().Set("Content-Type", a.mediaType+"; charset=utf-8")
	a.w.Header().Set("Cache-Control", "no-store")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body) // an error means that the client has disconnected
}

// sendRequestError answers a request that is not a valid operation, or whose method does not allow its operation.
func (a responder) sendRequestError(p *requestError) {
	err := &gqlerror.Error{Message: p.message}
	errcode.Set(err, codeBadInput)
	a.metrics.countErrors(gqlerror.List{err})
	switch p.status {
	case http.StatusMethodNotAllowed:
		a.w.Header().Set("Allow", "GET, POST")
	case http.StatusRequestEntityTooLarge:
		a.w.Header().Set("Connection", "close") // instead of reading the rest of the body
	}
	response := &graphql.Response{Errors: gqlerror.List{err}}
	if p.status == 0 || p.status == http.StatusBadRequest && a.events {
		a.sendInvalidDocument(response)
		return
	}
	a.send(p.status, response)
}

// sendInvalidDocument answers a document that cannot be parsed or does not pass validation.
func (a responder) sendInvalidDocument(response *graphql.Response) {
	response.Data = nil
	if a.events {
		a.sendEvents(response)
		return
	}
	a.send(a.statusOf(http.StatusBadRequest), response)
}

// sendRateLimited answers an operation that is refused because a budget is spent, or too many operations are executed.
func (a responder) sendRateLimited(ctx context.Context, refusal *gqlerror.Error) {
	response := &graphql.Response{Errors: gqlerror.List{refusal}}
	a.metrics.countErrors(response.Errors)
	addCost(ctx, response)
	if a.events {
		a.sendEvents(response)
		return
	}
	a.send(a.statusOf(http.StatusTooManyRequests), response)
}

// sendEvents answers with a stream that consists of this response. Clients of graphql-sse read the errors of a refusal
// only from a stream that was accepted.
func (a responder) sendEvents(response *graphql.Response) {
	setEventHeader(a.w.Header())
	a.w.WriteHeader(http.StatusOK)
	_, _ = a.w.Write(append(nextEvent("", encode(response)), completeEvent...)) // fails if the client has disconnected
}

// sendUnauthenticated answers a request whose credentials are invalid or have expired. Nothing was executed.
func (a responder) sendUnauthenticated(err *gqlerror.Error) {
	a.w.Header().Set("WWW-Authenticate", "Bearer")
	a.send(a.statusOf(http.StatusUnauthorized), &graphql.Response{Errors: gqlerror.List{err}})
}

func (a responder) statusOf(status int) int {
	if a.mediaType == mediaJSON {
		return http.StatusOK
	}
	return status
}
