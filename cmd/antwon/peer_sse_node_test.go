package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// eventCase is a request for events. The method is POST unless there is another, and the header Accept asks for events.
type eventCase struct {
	name    string
	method  string
	accept  string // "-": no such header
	kind    string // the body's media type, by default JSON
	body    string
	address string // the parameters in the address
	events  int    // after which the client leaves; 0: it waits for the end
	differs *difference
}

// This program answers requests of graphql-sse's clients as graphql-sse does, or there is a reason for the difference.
func TestServerSentEventsAreThoseOfGraphQLSSE(t *testing.T) {
	t.Parallel()
	p := startPeers(t)
	for _, c := range eventCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p.compare(t, p.request(t, p.ours, c), p.request(t, p.theirs, c), c.differs)
		})
	}
}

// request sends the request of a case and returns the server's answer, a line for each event.
func (p *peers) request(t *testing.T, server string, c eventCase) string {
	t.Helper()
	address := server + "/graphql"
	if c.address != "" {
		address += "?" + p.values.Replace(c.address)
	}
	method := c.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(p.values.Replace(c.body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", p.values.Replace("Bearer TOKEN"))
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Content-Type", "application/json")
	if c.accept != "" {
		r.Header.Set("Accept", c.accept)
	}
	if c.accept == "-" {
		r.Header.Del("Accept")
	}
	if c.kind != "" {
		r.Header.Set("Content-Type", c.kind)
	}
	response, err := httpClient.Do(r)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // "": it has none
	answer := strings.TrimSpace(fmt.Sprintf("%d %s", response.StatusCode, kind))
	if kind == "text/event-stream" {
		return answer + "\n" + strings.Join(readEvents(response.Body, c.events), "\n")
	}
	return answer + readErrors(response.Body)
}

// readEvents returns the events of a stream until it ends, or until there are as many as are wanted.
func readEvents(stream io.Reader, wanted int) (events []string) {
	fields := map[string]string{}
	for lines := bufio.NewScanner(stream); lines.Scan(); {
		line := lines.Text()
		if name, value, ok := strings.Cut(line, ":"); ok && name != "" && name != "id" {
			fields[name] = strings.TrimPrefix(value, " ")
		}
		if line != "" || len(fields) == 0 {
			continue
		}
		event := fields["event"]
		if data, ok := fields["data"]; ok {
			event = strings.TrimSpace(event + " " + describeData(data))
		} else {
			event += " without data"
		}
		if events = append(events, event); len(events) == wanted {
			break
		}
		fields = map[string]string{}
	}
	return events
}

func describeData(data string) string {
	var payload any
	if json.Unmarshal([]byte(data), &payload) != nil || payload == nil {
		return data
	}
	return describePayload(payload)
}

// readErrors returns " with errors" if an answer that is no event stream has errors.
func readErrors(body io.Reader) string {
	var answer struct{ Errors []struct{ Message string } }
	if json.NewDecoder(body).Decode(&answer) != nil || len(answer.Errors) == 0 || answer.Errors[0].Message == "" {
		return ""
	}
	return " with errors"
}

// inAddress returns the parameters of an address, each a name and a value.
func inAddress(pairs ...string) string {
	values := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		values.Set(pairs[n], pairs[n+1])
	}
	return values.Encode()
}
