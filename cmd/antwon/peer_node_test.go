package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// peers are this program and a reference server for its protocols, which have the same room and user.
type peers struct {
	ours, theirs string // URLs
	values       *strings.Replacer
}

// startPeers starts both servers. Texts sent to them may contain TOKEN, ROOM, NOROOM and USER.
func startPeers(t *testing.T) *peers {
	t.Helper()
	needNode(t)
	s := startServer(t, "sqlite:data/antwon.db", "ANTWON_PLAYBACK=off")
	host := s.login("Hanna")
	roomID := host.openRoom("PEER")
	var got struct {
		Viewer struct{ User struct{ ID string } }
	}
	host.ask(&got, `{ viewer { user { id } } }`, nil)
	userID := got.Viewer.User.ID
	peer := startScript(t, nil, "peer.mjs", "../../schema.graphqls", roomID, userID)
	s.eventually("the reference server to listen", func() bool {
		return peer.gone() || len(peer.told(named("listening", ""))) > 0
	})
	return &peers{
		ours: s.url, theirs: peer.told(named("listening", ""))[0].URL,
		values: strings.NewReplacer("TOKEN", host.token, "NOROOM", userID, "ROOM", roomID, "USER", userID),
	}
}

// difference is an answer of this program that differs from the reference server's, and the reason.
type difference struct {
	ours   string // with TOKEN, ROOM and USER
	reason string
}

// compare fails the test if the answers of both servers differ, unless the difference is known and as described. It
// also fails if there is a known difference and the answers are the same.
func (p *peers) compare(t *testing.T, ours, theirs string, known *difference) {
	t.Helper()
	switch {
	case known == nil && ours != theirs:
		t.Errorf("an unexplained difference\nours:\n%s\n\ntheirs:\n%s", ours, theirs)
	case known != nil && ours == theirs:
		t.Errorf("both answer the same, so there is nothing to explain:\n%s", ours)
	case known != nil && ours != p.values.Replace(known.ours):
		t.Errorf("%s\nwant:\n%s\n\nours:\n%s\n\ntheirs:\n%s", known.reason, known.ours, ours, theirs)
	}
}

// This program answers all messages of graphql-transport-ws as graphql-ws does, or there is a reason for the
// difference.
func TestWebSocketAnswersAsGraphQLWS(t *testing.T) {
	t.Parallel()
	p := startPeers(t)
	for _, c := range socketCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := p.converse(t, p.ours, c), p.converse(t, p.theirs, c)
			if c.races {
				theirs = ""
			}
			p.compare(t, ours, theirs, c.differs)
		})
	}
}

// conversation is a WebSocket with the server's answers on it, a line for each message.
type conversation struct {
	*websocket.Conn
	t      *testing.T
	told   []string
	closed bool
}

const (
	socketPatience = 20 * time.Second // longer than any of the servers' own time limits
	probe          = `{"type":"ping","payload":{"probe":true}}`
	probed         = `pong {"probe":true}`
)

// converse carries out all steps of a case at a server, and returns its answers.
func (p *peers) converse(t *testing.T, url string, c socketCase) string {
	t.Helper()
	offers := c.offers
	if offers == nil {
		offers = []string{"graphql-transport-ws"}
	}
	url = "ws" + strings.TrimPrefix(url, "http") + "/graphql"
	header := http.Header{"Sec-Websocket-Protocol": offers}
	conn, response, err := websocket.DefaultDialer.DialContext(t.Context(), url, header)
	if err != nil {
		return fmt.Sprintf("HTTP %d", response.StatusCode)
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(socketPatience)); err != nil {
		t.Fatal(err)
	}
	v := &conversation{Conn: conn, t: t, told: []string{"subprotocol " + strconv.Quote(conn.Subprotocol())}}
	conn.SetPongHandler(func(payload string) error {
		v.told = append(v.told, "pong frame "+payload)
		return nil
	})
	for _, step := range c.steps {
		v.say(p.values.Replace(step))
	}
	v.say("0|" + probe)
	for !v.closed && v.told[len(v.told)-1] != probed {
		v.hear()
	}
	return strings.TrimSuffix(strings.Join(v.told, "\n"), "\n"+probed)
}

var stepForm = regexp.MustCompile(`(?s)^(?:(\d+|end|binary|ping|close|closed)\|)?(.*)$`)

// say carries out a step and waits for its answers. A step is a message; "2|…" is one with two answers, "end|…" starts
// an operation that ends, and without either a message has as many answers as is usual for its type. "binary|…",
// "ping|…" and "close|…" are other frames, the last one with a code and a reason, and "closed|" waits until the server
// closes the connection.
func (v *conversation) say(step string) {
	parts := stepForm.FindStringSubmatch(step)
	kind, text := parts[1], parts[2]
	if kind == "" {
		kind = usualAnswers(text)
	}
	frame, answers, payload := websocket.TextMessage, 0, []byte(text)
	switch kind {
	case "binary":
		frame = websocket.BinaryMessage
	case "ping":
		frame = websocket.PingMessage
	case "close":
		frame, payload = websocket.CloseMessage, closePayload(text)
	case "end", "closed":
	default:
		answers, _ = strconv.Atoi(kind)
	}
	if kind != "closed" {
		_ = v.WriteMessage(frame, payload) // fails if the server has closed the connection, which hear notices
	}
	for before := len(v.told); !v.closed && !v.answered(kind, before, answers); {
		v.hear()
	}
}

// answered reports whether the server has answered a step of this kind with enough messages. before is the number of
// messages before the step.
func (v *conversation) answered(kind string, before, answers int) bool {
	switch last := v.told[len(v.told)-1]; kind {
	case "close", "closed":
		return false // the step waits for the end of the connection
	case "end":
		return len(v.told) > before && (strings.HasPrefix(last, "complete") || strings.HasPrefix(last, "error"))
	default:
		return len(v.told) >= before+answers
	}
}

// closePayload returns the payload of a close frame with a code and a reason, or none.
func closePayload(text string) []byte {
	code, reason, _ := strings.Cut(text, " ")
	number, err := strconv.Atoi(code)
	if err != nil {
		return nil
	}
	return websocket.FormatCloseMessage(number, reason)
}

// usualAnswers returns how many answers a message usually has, or "end" if they end with its operation.
func usualAnswers(message string) string {
	var m struct {
		Type    string
		Payload struct{ Query string }
	}
	switch err := json.Unmarshal([]byte(message), &m); {
	case err != nil:
		return "0"
	case m.Type == "connection_init", m.Type == "ping":
		return "1"
	case m.Type == "subscribe" && strings.HasPrefix(m.Payload.Query, "subscription"):
		return "1"
	case m.Type == "subscribe" && m.Payload.Query != "":
		return "end"
	default:
		return "0"
	}
}

// hear reads a message, or notices that the connection is closed.
func (v *conversation) hear() {
	_, data, err := v.ReadMessage()
	if err == nil {
		v.told = append(v.told, describeMessage(data))
		return
	}
	v.closed = true
	closed, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		v.told = append(v.told, "failed "+err.Error())
		return
	}
	v.told = append(v.told, strings.TrimSpace(fmt.Sprintf("close %d %s", closed.Code, closed.Text)))
}

// describeMessage returns a message in a form that does not depend on the order of its fields. Of an error it keeps the
// path and the location only: a server's message, and its own codes, are not part of the protocol.
func describeMessage(data []byte) string {
	var m struct {
		ID      *string `json:"id"`
		Type    string
		Payload any
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Sprintf("%s (%v)", data, err)
	}
	text := m.Type
	if m.ID != nil {
		text += " " + *m.ID
	}
	if m.Payload != nil {
		text += " " + describePayload(m.Payload)
	}
	return text
}

func describePayload(payload any) string {
	if fields, ok := payload.(map[string]any); ok && fields["errors"] != nil {
		fields["errors"] = describeErrors(fields["errors"])
	}
	if reflect.TypeOf(payload).Kind() == reflect.Slice {
		payload = describeErrors(payload)
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func describeErrors(errs any) any {
	list, _ := errs.([]any)
	for _, e := range list {
		fields, _ := e.(map[string]any)
		if text, _ := fields["message"].(string); text == "" {
			return "an error without a message"
		}
		delete(fields, "message")
		delete(fields, "extensions")
	}
	return errs
}
