package gqlserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// serveHTTP answers one operation: with one response or, to those who accept nothing else, with events.
func (h *Handler) serveHTTP(w http.ResponseWriter, r *http.Request) {
	a := responder{w: w, metrics: h.metrics, mediaType: negotiate(r.Header.Values("Accept"))}
	wantsEvents := a.mediaType == mediaEvents
	if wantsEvents {
		a.mediaType = mediaResponse // for what is wrong before the first event
	}
	if a.mediaType == "" {
		a.mediaType = mediaJSON
		a.sendRequestError(&requestError{http.StatusNotAcceptable, "answers are application/graphql-response+json, application/json or text/event-stream"})
		return
	}
	ctx, refusal := h.authenticate(r.Context(), r.Header.Get("Authorization"))
	if refusal != nil {
		a.sendUnauthenticated(refusal)
		return
	}
	params, p := h.readParams(w, r)
	if p != nil {
		a.sendRequestError(p)
		return
	}
	h.execute(a, r.WithContext(graphql.StartOperationTrace(ctx)), params, wantsEvents)
}

func (h *Handler) execute(a responder, r *http.Request, params *graphql.RawParams, wantsEvents bool) {
	ctx := r.Context()
	op, errs := h.engine.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		a.sendInvalidDocument(h.engine.DispatchError(graphql.WithOperationContext(ctx, op), errs))
		return
	}
	if p := checkMethod(r.Method, op.Operation.Operation, wantsEvents); p != nil {
		h.metrics.countRejected(kindOf(op))
		a.sendRequestError(p)
		return
	}
	if wantsEvents {
		h.serveEvents(a, r, op)
		return
	}
	responses, ctx := h.engine.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil {
		a.sendRequestError(&requestError{http.StatusServiceUnavailable, "the request was cancelled"})
		return
	}
	a.send(http.StatusOK, response)
}

// checkMethod keeps changes out of GET, which anybody may repeat, and subscriptions out of single responses.
func checkMethod(method string, kind ast.Operation, wantsEvents bool) *requestError {
	switch {
	case kind == ast.Subscription && !wantsEvents:
		return &requestError{0, "subscriptions are answered over WebSocket, with the subprotocol " + subprotocol +
			", and as events, to requests with the header Accept: " + mediaEvents}
	case kind == ast.Mutation && method == http.MethodGet:
		return &requestError{http.StatusMethodNotAllowed, "mutations are answered over POST only"}
	default:
		return nil
	}
}

// readParams reads what is asked: from the body of a POST, from the address of a GET.
func (h *Handler) readParams(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *requestError) {
	start := graphql.Now()
	var params *graphql.RawParams
	var p *requestError
	switch r.Method {
	case http.MethodPost:
		params, p = h.readBody(w, r)
	case http.MethodGet:
		params, p = readAddress(r.URL.RawQuery)
	default:
		p = methodNotAllowed(r.Method)
	}
	if p == nil && params.Query == "" && params.Extensions[persistedQuery] == nil {
		p = badRequest("query is missing")
	}
	if p != nil {
		return nil, p
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *requestError) {
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != mediaJSON {
		return nil, &requestError{http.StatusUnsupportedMediaType, "the body must be application/json"}
	}
	params := &graphql.RawParams{}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, h.cfg.Limits.BodyBytes))
	decoder.UseNumber()
	err := decoder.Decode(params)
	if err == nil {
		_, err = decoder.Token() // there must be nothing but one object
		if err == io.EOF {
			return params, nil
		}
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &requestError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)}
	}
	return nil, badRequest("the body must be one JSON object with query (string), operationName (string), variables (object) and extensions (object)")
}

func readAddress(rawQuery string) (*graphql.RawParams, *requestError) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, badRequest("the address has parameters that cannot be decoded")
	}
	query := strings.Clone(values.Get("query")) // which may be kept for long; the address need not
	params := &graphql.RawParams{Query: query, OperationName: values.Get("operationName")}
	for name, target := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if p := decodeObject(name, values.Get(name), target); p != nil {
			return nil, p
		}
	}
	return params, nil
}
