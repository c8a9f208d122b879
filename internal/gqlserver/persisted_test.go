package gqlserver_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const notPersisted = `{"errors":[{"message":"PersistedQueryNotFound",` +
	`"extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}`

func hashOf(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:])
}

// persisted sends a hash, over POST or GET, and the query unless it is "".
func (s *service) persisted(method, hash, query string) string {
	s.t.Helper()
	extensions := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, hash)
	if method == "GET" {
		address := "/?extensions=" + url.QueryEscape(extensions)
		if query != "" {
			address += "&query=" + url.QueryEscape(query)
		}
		return s.do(method, address, "", nil).body
	}
	body := `{"extensions":` + extensions + `}`
	if query != "" {
		text, err := json.Marshal(query)
		if err != nil {
			s.t.Fatal(err)
		}
		body = `{"query":` + string(text) + `,"extensions":` + extensions + `}`
	}
	return s.do(method, "/", body, nil).body
}

func (s *service) expectPersisted(method, hash, query, want string) {
	s.t.Helper()
	if got := s.persisted(method, hash, query); !strings.Contains(got, want) {
		s.t.Errorf("%s of %.40q: got %.200s, want %s", method, query, got, want)
	}
}

func TestDocumentIsSentOnceAndThenByItsHash(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			s := start(t, nil)
			const query, answer = `{viewer}`, `{"data":{"viewer":"anonymous"}}`
			s.expectPersisted(method, hashOf(query), "", notPersisted)
			s.expectPersisted(method, hashOf(query), query, answer)
			s.expectPersisted("POST", hashOf(query), "", answer)
			s.expectPersisted("GET", hashOf(query), "", answer)
		})
	}
}

func TestHashOverWebSocketStandsForItsDocument(t *testing.T) {
	s := start(t, nil)
	const query = `subscription{diary{version}}`
	c := s.open(`{}`)
	extensions := `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hashOf(query) + `"}}`
	for _, payload := range []string{`{"query":"` + query + `",` + extensions + `}`, `{` + extensions + `}`} {
		c.say(`{"id":"1","type":"subscribe","payload":` + payload + `}`)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"diary":{"version":0}}}}`)
		c.say(`{"id":"1","type":"complete"}`)
	}
}

func TestOnlyValidSmallDocumentsWithTheirOwnHashAreKept(t *testing.T) {
	s := start(t, nil)
	large := `{viewer} #` + strings.Repeat("x", 8<<10)
	for _, test := range []struct{ name, hash, query, want string }{
		{"not a document", hashOf(`{`), `{`, "GRAPHQL_PARSE_FAILED"},
		{"not valid", hashOf(`{nothing}`), `{nothing}`, "GRAPHQL_VALIDATION_FAILED"},
		{"too costly", hashOf(bomb(`...A%[2]d ...A%[2]d`)), bomb(`...A%[2]d ...A%[2]d`), "GRAPHQL_VALIDATION_FAILED"},
		{"too large to keep", hashOf(large), large, `{"data":{"viewer":"anonymous"}}`},
		{"another's hash", hashOf(`{viewer}`), `{hello}`, "BAD_USER_INPUT"},
		{"no hash", "", `{hello}`, "BAD_USER_INPUT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.expectPersisted("POST", test.hash, test.query, test.want)
			s.expectPersisted("POST", test.hash, "", notPersisted)
		})
	}
}

// Anybody can displace the documents of others from the cache. Their clients then have to send them again.
func TestDisplacedDocumentIsSentAgain(t *testing.T) {
	s := start(t, nil)
	const query, answer = `{viewer}`, `{"data":{"viewer":"anonymous"}}`
	s.expectPersisted("POST", hashOf(query), query, answer)
	for i := range 1000 {
		other := fmt.Sprintf(`{hello(name: "%d")}`, i)
		s.expectPersisted("POST", hashOf(other), other, `{"data":`)
	}
	s.expectPersisted("POST", hashOf(query), "", notPersisted)
	s.expectPersisted("POST", hashOf(query), query, answer)
	s.expectPersisted("POST", hashOf(query), "", answer)
}

func TestInvalidPersistedQueryExtensionsAreRefused(t *testing.T) {
	s := start(t, nil)
	for extension, want := range map[string]string{
		`null`:                          `The query is missing.`,
		`1`:                             `must be an object with version 1`,
		`{}`:                            `must be an object with version 1`,
		`{"sha256Hash":"x"}`:            `must be an object with version 1`,
		`{"version":2,"sha256Hash":""}`: `must be an object with version 1`,
		`{"version":1,"sha256Hash":7}`:  `must be an object with version 1`,
		`{"version":1,"sha256Hash":""}`: `PersistedQueryNotFound`,
	} {
		got := s.do("POST", "/", `{"extensions":{"persistedQuery":`+extension+`}}`, nil)
		if !strings.Contains(got.body, want) {
			t.Errorf("%s: got %s", extension, got.body)
		}
	}
}
