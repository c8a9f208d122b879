package gqlserver

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The codes of errors that arise here; all others come from Present and from gqlgen.
const (
	codeUnauthenticated = "UNAUTHENTICATED"
	codeBadInput        = "BAD_USER_INPUT"
	codeRateLimited     = "RATE_LIMITED"
)

// problem is a request that never became an operation. Status 0 stands for what the media type has for invalid requests.
type requestError struct {
	status  int
	message string
}

func badRequest(message string) *requestError { return &requestError{http.StatusBadRequest, message} }

func methodNotAllowed(method string) *requestError {
	return &requestError{http.StatusMethodNotAllowed, method + " is not answered here, only GET and POST"}
}

func decodeObject(name, text string, target *map[string]any) *requestError {
	if text == "" {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return badRequest(name + " must be a JSON object")
	}
	return nil
}

// answer writes the response to a request, in the media type that the client prefers. That type also decides the
// status of a request that was understood but refused: with application/json it is 200, because clients of that age take
// anything else for a failure of the network and do not read the errors.
type responder struct {
	w         http.ResponseWriter
	metrics   *metrics
	mediaType string
}

// wireResponse has no data at all where nothing was executed; gqlgen's own type would say null.
type wireResponse struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

// encode returns a response as it goes over the wire.
func encode(response *graphql.Response) []byte {
	if len(response.Errors) == 0 && len(response.Extensions) == 0 && len(response.Data) > 0 {
		body := append(make([]byte, 0, len(response.Data)+16), `{"data":`...)
		return append(append(body, response.Data...), '}')
	}
	body, err := json.Marshal(wireResponse{response.Errors, response.Data, response.Extensions})
	if err != nil {
		panic(err) // a resolver or presenter made something that is no JSON
	}
	return body
}

// encodeErrors returns the errors as they go over the wire where nothing else is to be said.
func encodeErrors(errs gqlerror.List) json.RawMessage {
	data, err := json.Marshal(errs)
	if err != nil {
		panic(err) // a resolver or presenter made something that is no JSON
	}
	return data
}

func (a responder) send(status int, response *graphql.Response) {
	body := encode(response)
	a.w.Header().Set("Content-Type", a.mediaType+"; charset=utf-8")
	a.w.Header().Set("Cache-Control", "no-store")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body) // a client that has left is no error of ours
}

// refuse answers a request that is no operation, or not one for this method.
func (a responder) sendRequestError(p *requestError) {
	err := &gqlerror.Error{Message: p.message}
	errcode.Set(err, codeBadInput)
	a.metrics.countErrors(gqlerror.List{err})
	switch p.status {
	case http.StatusMethodNotAllowed:
		a.w.Header().Set("Allow", "GET, POST")
	case http.StatusRequestEntityTooLarge:
		a.w.Header().Set("Connection", "close") // rather than read the rest of it
	}
	response := &graphql.Response{Errors: gqlerror.List{err}}
	if p.status == 0 {
		a.sendInvalidDocument(response)
		return
	}
	a.send(p.status, response)
}

// refuseRequest answers a document that does not parse or validate.
func (a responder) sendInvalidDocument(response *graphql.Response) {
	response.Data = nil
	a.send(a.statusOf(http.StatusBadRequest), response)
}

// refuseCredentials answers a request whose credentials are not valid (any more). Nothing was executed.
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
