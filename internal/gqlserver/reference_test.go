package gqlserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// request is a document with its variables.
type request struct {
	Query     string          `json:"query"`
	Variables json.RawMessage `json:"variables"`
}

// The values that every position gets, as literals and, if they are JSON, as variables.
var (
	literals = []string{
		`{}`, `[]`, `[[]]`, `[{}]`, `{a: 1}`, `null`, `true`, `""`, `"a"`, `"""a"""`, `1`, `1.0`, `1.5`, `1e3`, `-1`,
		`2147483647`, `2147483648`, `-2147483649`, `A`, `GUEST`, `LIKES`, `"GUEST"`, `["a"]`, `["a", null]`,
		`[1]`, `"\u0041"`, `"\ud83d"`,
		`"2026-11-29T22:00:00Z"`, `"2026-11-29"`, `$x`,
		`0`, `7`, `-5`, `12`, `"b c"`, `"é"`, `"\ud83d\ude00"`, `false`, `["a", "b"]`, `99999999999999999999`, `TURNS`,
	}
	values = []string{
		`{}`, `[]`, `[[]]`, `[{}]`, `{"a":1}`, `null`, `true`, `""`, `"a"`, `"1"`, `1`, `1.0`, `1.5`, `1e3`, `-1`,
		`2147483647`, `2147483648`, `-2147483649`, `1e400`, `"GUEST"`, `"guest"`, `"LIKES"`, `["a"]`, `["a",null]`,
		`[1]`, `["1",2]`,
		`"2026-11-29T22:00:00.5+01:00"`, `"2026-11-29T22:00"`,
		`0`, `7`, `-5`, `12`, `"b c"`, `"é"`, `"\ud83d\ude00"`, `false`, `["a","b"]`, `"COHOST"`, `2147483647.0`, `-0`,
	}
	// positions have a value of each type; %s is the value.
	positions = map[string]string{
		"ID!":       `{ room(id: %s) { id } }`,
		"String!":   `{ searchSongs(roomId: 1, query: %s) { degraded } }`,
		"Int!":      `mutation { pinQueueItem(itemId: 1, position: %s, until: PLAYED) { id } }`,
		"Role!":     `mutation { setRole(roomId: 1, userId: 2, role: %s) { role } }`,
		"Boolean!":  `{ viewer @skip(if: %s) { user { id } } }`,
		"Boolean":   settingsLiteral(`requestsOpen: %s`),
		"Int":       settingsLiteral(`maxSongSeconds: %s`),
		"[String!]": settingsLiteral(`blocked: %s`),
		"DateTime":  settingsLiteral(`lastCallAt: %s`),
		"OrderMode": settingsLiteral(`orderMode: %s`),
	}
)

// ordinary are documents without a special value.
var ordinary = []string{
	`{`,
	``,
	`{}`,
	`{ nothing }`,
	`{ viewer }`,
	`{ viewer { user { id { a } } } }`,
	`query { viewer { user { id } } } { viewer { user { id } } }`,
	`query($a: Nothing) { viewer { user { id } } }`,
	`query($a: Int) { viewer { user { id } } }`,
	`{ room { id } }`,
	`{ room(id: 1, id: 2) { id } }`,
	`{ room(id: $x) { id } }`,
	`{ viewer @nothing { user { id } } }`,
	`{ ...F }`,
	`fragment F on Query { viewer { user { id } } }`,
	`{ ... on Nothing { id } }`,
	`{ ... on Room { id } }`,
	`{ a: room(id: 1) { id } a: room(id: 2) { id } }`,
	`{ viewer { user { id } } } #`,
	`query A { viewer { user { id } } }`,
	`{ ... @include(if: true) { viewer { user { id } } } }`,
	`{ __typename }`,
	`subscription { __typename }`,
	`subscription { room(roomId: 1) { id } playback(roomId: 1) { version } }`,
	`subscription { room(roomId: 1) { id } }`,
	`query($a: ID!, $a: ID!) { room(id: $a) { id } }`,
	`query($a: String!) { room(id: $a) { id } }`,
	`query($a: Room) { viewer { user { id } } }`,
	`{ viewer @skip(if: true) @skip(if: false) { user { id } } }`,
	`query @skip(if: true) { viewer { user { id } } }`,
}

func corpus() (requests []request) {
	for _, query := range ordinary {
		requests = append(requests, request{query, json.RawMessage(`{}`)})
	}
	for kind, position := range positions {
		for _, literal := range literals {
			requests = append(requests, request{fmt.Sprintf(position, literal), json.RawMessage(`{}`)})
		}
		operation, rest, _ := strings.Cut(fmt.Sprintf(position, "$v"), "{")
		if operation == "" {
			operation = "query "
		}
		for _, value := range values {
			query := operation + "($v: " + kind + ") {" + rest
			requests = append(requests, request{query, json.RawMessage(`{"v":` + value + `}`)})
		}
	}
	return requests
}

// differences are the requests that only one of this server and graphql-js accepts, and why.
var differences = map[string]string{
	`subscription { room(roomId: 1) { id } }`: "Subscriptions are not served over plain HTTP.",
	`room(id: 99999999999999999999)`:          "gqlgen reads the literal of an integer ID as an int64.",
}

// Every request is valid here if and only if graphql-js says so.
func TestRequestsAreValidAsInGraphQLJS(t *testing.T) {
	const folder = "../../test/node"
	switch _, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json")); {
	case testing.Short():
		t.Skip("Node left out: -short")
	case err != nil && os.Getenv("ANTWON_TEST_STRICT") == "1":
		t.Fatalf("Node is required here: %v", err)
	case err != nil:
		t.Skipf("Node left out: %v (install it, then make node-modules)", err)
	}
	requests := corpus()
	input, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	judge := exec.CommandContext(t.Context(), "node", "judge.mjs", "../../schema.graphqls")
	judge.Dir, judge.Stdin, judge.Stderr = folder, bytes.NewReader(input), os.Stderr
	output, err := judge.Output()
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []*string
	if err := json.Unmarshal(output, &verdicts); err != nil || len(verdicts) != len(requests) {
		t.Fatalf("%d verdicts, %v", len(verdicts), err)
	}
	s := startRealSchema(t)
	valid := 0
	for i, r := range requests {
		got := s.postWith(r.Query, string(r.Variables))
		if verdicts[i] == nil {
			valid++
		}
		if theirs := "valid"; (got.status == 200) != (verdicts[i] == nil) && differenceOf(r) == "" {
			if verdicts[i] != nil {
				theirs = *verdicts[i]
			}
			t.Errorf("%s with %s\nours   %s\ntheirs %s", r.Query, r.Variables, got.body, theirs)
		}
	}
	t.Logf("%d valid and %d invalid requests", valid, len(requests)-valid)
}

// differenceOf returns the reason for a difference, or "".
func differenceOf(r request) string {
	for part, reason := range differences {
		if strings.Contains(r.Query+" "+string(r.Variables), part) {
			return reason
		}
	}
	return ""
}
