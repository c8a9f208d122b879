package gqlserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// serveHTTP answers a request with one response or, if the client prefers them (see negotiate), with Server-Sent
// Events.
func (h *Handler) serveHTTP(w http.ResponseWriter, r *http.Request) {
	a := responder{w: w, metrics: h.metrics, mediaType: negotiate(r.Header.Values("Accept"))}
	wantsEvents := a.mediaType == mediaEvents
	if wantsEvents {
		a.mediaType, a.events = mediaResponse, true // the type of responses that are no streams, such as 401
	}
	if a.mediaType == "" {
		a.mediaType = mediaJSON
		a.sendRequestError(&requestError{
			status:  http.StatusNotAcceptable,
			message: "Responses are application/graphql-response+json, application/json or text/event-stream.",
		})
		return
	}
	ctx, refusal := h.authenticate(r.Context(), r.Header.Get("Authorization"))
	if refusal != nil {
		a.sendUnauthenticated(refusal)
		return
	}
	pays := h.budgets.payer(h.cfg.Identify(ctx), r.RemoteAddr)
	if refusal := pays.refusalUnread(r); refusal != nil {
		w.Header().Set("Connection", "close") // instead of reading the body
		a.sendRateLimited(ctx, refusal)
		return
	}
	data, p := h.read(w, r)
	if p != nil {
		a.sendRequestError(p)
		return
	}
	r = r.WithContext(ctx)
	if ctx, op := h.prepare(a, r, data, pays); op != nil {
		h.execute(a, r.WithContext(ctx), op, pays, wantsEvents)
	}
}

// prepare prepares the operation in a request and returns it with its context, or answers the request and returns nil.
func (h *Handler) prepare(
	a responder, r *http.Request, data []byte, pays *payer,
) (context.Context, *graphql.OperationContext) {
	leave, refusal := pays.enterPreparation(r.Context(), len(data))
	if refusal != nil {
		a.sendRateLimited(r.Context(), refusal)
		return nil, nil
	}
	leave = sync.OnceFunc(leave)
	defer leave() // also if it panics
	params, p := decodeRequest(r, data)
	if p != nil {
		leave() // clients may read slowly
		a.sendRequestError(p)
		return nil, nil
	}
	ctx := withCost(graphql.StartOperationTrace(r.Context()), params)
	if refusal := pays.take(ctx, requestCost(len(data))); refusal != nil && !h.admitsInDebt(ctx, params, pays) {
		leave()
		a.sendRateLimited(ctx, refusal)
		return nil, nil
	}
	op, errs := h.engine.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		pays.charge(ctx, refusedCost(params))
		response := h.engine.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		leave()
		a.sendInvalidDocument(response)
		return nil, nil
	}
	return ctx, op
}

func (h *Handler) execute(
	a responder, r *http.Request, op *graphql.OperationContext, pays *payer, wantsEvents bool,
) {
	if p := checkMethod(r.Method, op.Operation.Operation, wantsEvents); p != nil {
		h.metrics.countRejected(kindOf(op))
		a.sendRequestError(p)
		return
	}
	if wantsEvents {
		h.serveEvents(a, r, op, pays)
		return
	}
	response, refusal := h.engine.execute(r.Context(), op, pays)
	switch {
	case refusal != nil:
		a.sendRateLimited(r.Context(), refusal)
	case response == nil:
		a.sendRequestError(&requestError{status: http.StatusServiceUnavailable, message: "The request was cancelled."})
	default:
		a.send(http.StatusOK, response)
	}
}

// checkMethod refuses mutations over GET, which browsers and proxies may repeat, and subscriptions without events.
func checkMethod(method string, kind ast.Operation, wantsEvents bool) *requestError {
	switch {
	case kind == ast.Subscription && !wantsEvents:
		return &requestError{message: "Subscriptions are served over WebSocket with the subprotocol " + subprotocol +
			", and as events to requests with the header Accept: " + mediaEvents + "."}
	case kind == ast.Mutation && method == http.MethodGet:
		return &requestError{status: http.StatusMethodNotAllowed, message: "Mutations are accepted over POST only."}
	default:
		return nil
	}
}

// read returns the bytes with the parameters of an operation: the body of a POST, or the query of a GET's address.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *requestError) {
	switch r.Method {
	case http.MethodPost:
		return h.readBody(w, r)
	case http.MethodGet:
		return []byte(r.URL.RawQuery), nil
	default:
		return nil, methodNotAllowed(r.Method)
	}
}

func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *requestError) {
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != mediaJSON {
		return nil, &requestError{
			status: http.StatusUnsupportedMediaType, message: "The body must have the media type application/json.",
		}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		w.Header().Set("Accept-Encoding", "identity")
		return nil, &requestError{
			status: http.StatusUnsupportedMediaType, message: "The body must not be compressed or encoded otherwise.",
		}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.Limits.BodyBytes))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &requestError{
			status:  http.StatusRequestEntityTooLarge,
			message: fmt.Sprintf("The body is larger than %d bytes.", tooLarge.Limit),
		}
	}
	return data, nil // after another error, data is incomplete and so no valid JSON
}

// decodeRequest decodes the parameters of an operation from what read has returned.
func decodeRequest(r *http.Request, data []byte) (params *graphql.RawParams, p *requestError) {
	start := graphql.Now()
	if r.Method == http.MethodGet {
		params, p = readAddress(string(data))
	} else {
		params, p = decodeBody(data)
	}
	if p != nil {
		return nil, p
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func decodeBody(data []byte) (*graphql.RawParams, *requestError) {
	params, _, err := decodeParams(data)
	if err == nil && utf8.Valid(data) {
		return checked(params, string(data))
	}
	return nil, badRequest("The body must be one JSON object with query (string), operationName (string), " +
		"variables (object) and extensions (object).")
}

func readAddress(rawQuery string) (*graphql.RawParams, *requestError) {
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, badRequest("The address has parameters that cannot be decoded.")
	}
	query := strings.Clone(values.Get("query")) // it may be cached, and must not keep the whole address in memory
	params := &graphql.RawParams{Query: query, OperationName: values.Get("operationName")}
	objects := map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions}
	for name, target := range objects {
		if p := decodeObject(name, values.Get(name), target); p != nil {
			return nil, p
		}
	}
	return checked(params, values.Get("variables")+values.Get("extensions"))
}

// checked returns the parameters, which were decoded from data, or why they cannot be executed.
func checked(params *graphql.RawParams, data string) (*graphql.RawParams, *requestError) {
	if reason := refusalOf(params, []byte(data)); reason != "" {
		return nil, badRequest(reason)
	}
	return params, nil
}
