package sim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
)

const (
	// slowParts is in how many parts a slow body is sent.
	slowParts = 10
	// endlessPart and maxEndless are the size of each part of an endless body, and of all of them, so that a client
	// without a bound does not fill the memory.
	endlessPart = 64 << 10
	maxEndless  = 64 << 20
)

// answer sends the fault's response.
func (f Fault) answer(w http.ResponseWriter, r *http.Request) {
	message := cmp.Or(f.Message, defaultMessage(f.Status))
	f.setHeaders(w.Header())
	switch {
	case f.Status == 0:
		panic(http.ErrAbortHandler) // this is how net/http closes a connection without a response
	case f.Empty:
		w.WriteHeader(f.Status)
	case f.HTML:
		f.send(w, "text/html; charset=utf-8",
			"<html><head><title>"+message+"</title></head><body><h1>"+message+"</h1></body></html>\n")
	case f.PlainText:
		f.send(w, "text/plain; charset=utf-8", message)
	case f.Reason != "" && r.URL.Path == "/api/token":
		f.send(w, jsonType, oauthError{f.Reason, message})
	default:
		f.send(w, jsonType, map[string]apiError{"error": {Status: f.Status, Message: message, Reason: f.Reason}})
	}
}

// setHeaders sets the headers that the fault names.
func (f Fault) setHeaders(header http.Header) {
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	if f.RetryAfterText != "" {
		header.Set("Retry-After", f.RetryAfterText)
	}
	if f.ContentType != "" {
		header.Set("Content-Type", f.ContentType)
	}
}

// send sends a text as it is, and any other body as JSON. The type that the fault names prevails.
func (f Fault) send(w http.ResponseWriter, contentType string, body any) {
	w.Header().Set("Content-Type", cmp.Or(f.ContentType, contentType))
	w.WriteHeader(f.Status)
	if text, ok := body.(string); ok {
		_, _ = io.WriteString(w, text)
		return
	}
	_ = json.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}

// sendBody sends the actual response in the way that the fault's Body says.
func (f Fault) sendBody(w http.ResponseWriter, r *http.Request, actual *recordedResponse) {
	body := actual.body.Bytes()
	for name, values := range actual.header {
		w.Header()[name] = values
	}
	f.setHeaders(w.Header())
	if f.Body == "truncated" {
		w.Header().Set("Content-Length", strconv.Itoa(max(1, len(body))))
	}
	w.WriteHeader(cmp.Or(f.Status, actual.status, http.StatusOK))
	switch f.Body {
	case "truncated":
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // otherwise net/http discards what it has not sent yet
		panic(http.ErrAbortHandler)
	case "slow":
		for part := range slowParts {
			wait(r.Context(), f.Delay/slowParts)
			_, _ = w.Write(body[part*len(body)/slowParts : (part+1)*len(body)/slowParts])
			_ = http.NewResponseController(w).Flush()
		}
	case "endless":
		f.sendEndlessly(w, r, bytes.TrimRight(body, "}]\n"))
	default:
		_, _ = w.Write(body)
	}
}

// sendEndlessly sends a body and then spaces until the client disconnects. As the body lacks its closing brackets, a
// decoder of JSON has to read on.
func (f Fault) sendEndlessly(w http.ResponseWriter, r *http.Request, body []byte) {
	spaces := []byte(strings.Repeat(" ", endlessPart))
	_, err := w.Write(body)
	for sent := 0; err == nil && sent < maxEndless && r.Context().Err() == nil; sent += endlessPart {
		_, err = w.Write(spaces)
		_ = http.NewResponseController(w).Flush()
		wait(r.Context(), f.Delay)
	}
}

func defaultMessage(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusInternalServerError:
		return "Server error."
	}
	return http.StatusText(status)
}

// recordedResponse is an http.ResponseWriter that keeps the response.
type recordedResponse struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recordedResponse) Header() http.Header         { return w.header }
func (w *recordedResponse) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *recordedResponse) WriteHeader(status int)      { w.status = cmp.Or(w.status, status) }

// RetryAfterForms returns values of the Retry-After header of every form that clients have to survive: zero, negative,
// a fraction, a date, more than 64 bits, and no number at all.
func RetryAfterForms() []string {
	return []string{
		"0", "-1", "1.5", "Sun, 29 Nov 2026 12:00:00 GMT", "86400", "9223372036854775808",
		"99999999999999999999999999999999999999", "soon", "5 s", "0x10", "+3",
	}
}
