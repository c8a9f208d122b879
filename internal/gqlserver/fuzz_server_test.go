package gqlserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The fuzz tests here serve the program's schema on pipes in memory. On TCP each input would leave two sockets in
// TIME_WAIT, and within a minute most ports would be in use. startRealSchemaOn fails the test on panics and on failures
// of the server.

// FuzzOperations checks that no document and no variables make the server fail or close a WebSocket.
func FuzzOperations(f *testing.F) {
	for _, query := range []string{
		ofRoom, ofSearch, withSettings, withRole, withBan, settingsLiteral(`blocked: [{}]`), settingsLiteral(`lastCallAt: 5`),
		`{ viewer @skip(if: {}) { user { id } } }`, `subscription { roomQueue(roomId: 1) { version } }`,
		`subscription($s: Int) { roomQueueChanges(roomId: 1, since: $s) { version } }`, `{ __type(name: "Room") { name } }`,
		`query($v: Boolean = true) { ...F @skip(if: $v) } fragment F on Query { viewer { user { id } } }`,
	} {
		for _, variables := range []string{
			`{}`, `{"r":null}`, `{"r":{}}`, `{"s":{"blocked":[[]]}}`, `{"v":null}`, `{"n":1e9}`,
		} {
			f.Add(query, variables)
		}
	}
	f.Fuzz(func(t *testing.T, query, variables string) {
		var object map[string]any
		if json.Unmarshal([]byte(variables), &object) != nil || !utf8.ValidString(variables) {
			return // RFC 6455 has a text that is not UTF-8 close the WebSocket
		}
		startRealSchemaOn(t, startOnPipes).tryOperation(query, variables)
	})
}

// FuzzVariables checks that no value of a variable, of whatever type, makes the server fail or close a WebSocket.
func FuzzVariables(f *testing.F) {
	kinds := slices.Sorted(maps.Keys(positions))
	for i := range kinds {
		for _, value := range values {
			f.Add(uint8(i), value)
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, value string) {
		if !json.Valid([]byte(value)) || !utf8.ValidString(value) {
			return
		}
		kind := kinds[int(i)%len(kinds)]
		operation, rest, _ := strings.Cut(fmt.Sprintf(positions[kind], "$v"), "{")
		if operation == "" {
			operation = "query "
		}
		s := startRealSchemaOn(t, startOnPipes)
		s.tryOperation(operation+"($v: "+kind+") {"+rest, `{"v":`+value+`}`)
	})
}

// tryOperation sends an operation over HTTP and over a WebSocket, each of which has to answer it.
func (s *service) tryOperation(query, variables string) {
	s.t.Helper()
	if got := s.postWith(query, variables); got.status >= 500 {
		s.t.Fatalf("got %d %s", got.status, got.body)
	}
	quoted, err := json.Marshal(query)
	if err != nil {
		s.t.Fatal(err)
	}
	if query == "" || len(quoted)+len(variables) > 60<<10 {
		return // no message that has to be answered
	}
	c := s.open(`{}`)
	c.say(`{"id":"1","type":"subscribe","payload":{"query":` + string(quoted) + `,"variables":` + variables + `}}`)
	if got, err := c.hear(); err != nil || !strings.Contains(got, `"id":"1"`) {
		s.t.Fatalf("got %s, %v", got, err)
	}
}

// FuzzRequests checks that every HTTP request is answered, and none with a failure of the server. Headers are lines.
func FuzzRequests(f *testing.F) {
	const asked = `{"query":"{ viewer { user { id } } }"}`
	for _, seed := range []struct{ method, address, headers, body string }{
		{"POST", "/", "Content-Type: application/json", asked},
		{"POST", "/?query=%7B__typename%7D", "Content-Type: application/json; charset=utf-8\nAccept: */*;q=0.1", asked},
		{"POST", "/", "Content-Type: application/json\nAccept: text/event-stream", asked},
		{"POST", "/", "Content-Type: application/json\nAccept: text/event-stream\nLast-Event-ID: 1",
			`{"query":"subscription($r: ID!) { room(roomId: $r) { id } }","variables":{"r":"1"}}`},
		{"POST", "/", "Content-Type: application/json\nContent-Encoding: gzip", asked},
		{"POST", "/", "Content-Type: application/json\nAuthorization: Bearer bad", asked},
		{"POST", "/", "Content-Type: application/json", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"a"}}}`},
		{"POST", "/", "Content-Type: application/json", `[` + asked + `]`},
		{"POST", "/", "Content-Type: text/plain\nOrigin: null", "\xff"},
		{"GET", "/?query=%7B__typename%7D&variables=%7B%7D&extensions=%7B%22a%22:1%7D&operationName=", "", ""},
		{"GET", "/?query=subscription%7Broom(roomId:1)%7Bid%7D%7D", "Accept: text/event-stream, application/json;q=0.5", ""},
		{"GET", "/?query=%zz;&variables=[", "Accept: application/graphql-response+json", ""},
		{"GET", "/", strings.Join(handshake("Sec-WebSocket-Extensions: permessage-deflate; a=\"b"), "\n"), ""},
		{"PUT", "/", "Connection: Upgrade\nUpgrade: websocket", ""},
	} {
		f.Add(seed.method, seed.address, seed.headers, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, address, headers, body string) {
		if unfinished := strings.Contains(strings.ToLower(headers), "transfer-encoding"); unfinished || len(method) > 100 {
			return // a body in chunks that does not end has no answer
		}
		s := startRealSchemaOn(t, startOnPipes)
		headers = strings.ReplaceAll(headers, "\n", "\r\n")
		first, last := method+" "+address+" HTTP/1.1\r\nHost: a\r\n", fmt.Sprintf("Content-Length: %d", len(body))
		response := s.exchange(first + headers + "\r\n" + last + "\r\nConnection: close\r\n\r\n" + body)
		switch response.status {
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable:
			t.Fatalf("got %d %s", response.status, response.body)
		}
		if strings.Contains(response.body, "INTERNAL_SERVER_ERROR") {
			t.Fatalf("got %s", response.body)
		}
	})
}

// exchange sends a request as it is, and returns the answer. The server may answer before it has read everything.
func (s *service) exchange(request string) reply {
	s.t.Helper()
	r := s.dialTCP()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		r.send(request)
	}()
	defer func() {
		_ = r.Close()
		<-sent
	}()
	response, err := http.ReadResponse(r.buffered, nil)
	if err != nil {
		s.t.Fatalf("%q is answered with %v", request, err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return reply{status: response.StatusCode}
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("%q is answered with %v", request, err)
	}
	return reply{response.StatusCode, response.Header, string(body)}
}

// documentedCodes are those with which a server may close a WebSocket because of what its client sent.
var documentedCodes = []string{"1002", "1007", "1009", "4400", "4401", "4403", "4409", "4429"}

// FuzzMessages checks that whatever frames a client sends, the server answers a last ping or closes the WebSocket with
// a documented code, and never fails. Each line is a frame: its first byte, and the payload.
func FuzzMessages(f *testing.F) {
	line := func(first byte, payload string) string { return string([]byte{first}) + payload + "\n" }
	begin := line(fin|textData, `{"type":"connection_init","payload":{"authorization":"Bearer a"}}`)
	say := func(payload string) string { return begin + line(fin|textData, payload) }
	for _, seed := range []string{
		"", begin, begin + begin, line(fin|textData, "{"), say(`{"type":"ping","payload":{"a":1}}`),
		say(`{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}`),
		say(`{"id":"1","type":"subscribe","payload":{"query":"subscription { room(roomId: 1) { id } }","variables":null}}`),
		say(`{"id":"1","type":"subscribe","payload":{"query":"query($r: ID!) { room(id: $r) { id } }","variables":{"r":1}}}`),
		say(`{"id":"1","type":"subscribe","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":""}}}}`),
		say(`{"id":"1","type":"complete"}`) + line(fin|ping, "a") + line(fin|pong, "b"),
		begin + line(textData, `{"type":`) + line(fin|ping, "") + line(fin|continuation, `"ping"}`),
		begin + line(fin|closing, closePayload(1000, "bye")), begin + line(fin|rsv1|textData, "\xaaV*\xa9,HU\xb2R*"),
		begin + line(fin|binaryData, "\x00") + line(fin|0x3, ""),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		s := startRealSchemaOn(t, startOnPipes)
		s.t = t
		r, response := s.dialRaw("GET / HTTP/1.1", handshake())
		if response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("the handshake was answered with %s", response.Status)
		}
		closes := false // the client closes the WebSocket itself, with a code of its own
		var frames strings.Builder
		for line := range bytes.Lines(lines) {
			payload := strings.TrimSuffix(string(line[1:]), "\n")
			closes = closes || line[0]&0xf == closing
			frames.WriteString(frame(line[0], payload))
		}
		r.mustAnswer(frames.String()+frame(fin|textData, lastPing), closes)
	})
}

// mustAnswer sends frames and checks what the server sends until it has answered lastPing or closed the WebSocket.
func (r *rawSocket) mustAnswer(frames string, closes bool) {
	r.t.Helper()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		r.send(frames)
	}()
	defer func() {
		_ = r.Close()
		<-sent
	}()
	for {
		got := r.receive()
		code, isClose := strings.CutPrefix(got, "close ")
		switch {
		case got == lastPong:
			return
		case strings.Contains(got, "INTERNAL_SERVER_ERROR"):
			r.t.Fatalf("got %s", got)
		case isClose && !closes && !slices.Contains(documentedCodes, code[:4]):
			r.t.Fatalf("got %s, which is not documented", got)
		case isClose:
			return
		}
	}
}
