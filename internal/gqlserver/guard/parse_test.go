package guard

import (
	"strings"
	"testing"
)

func TestParseRefusesCostlyDocuments(t *testing.T) {
	if _, err := Parse(`{s}`, tokens, Limits{}); err != nil {
		t.Fatalf("a harmless document: %v", err)
	}
	for name, text := range quadratic {
		if _, err := Parse(text, tokens, Limits{}); err == nil || err.Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRefusesWhatIsNoDocument(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                            "input:1:2: Expected Name, found <EOF>",
		`{` + numbered(1000) + `}`:     "input: exceeded token limit of 1000",
		`#` + strings.Repeat("x", 9e4): "input: Send a document of at most 16384 bytes, and values as variables.",
	} {
		if _, err := Parse(text, tokens, Limits{}); err == nil || strings.TrimSpace(err.Error()) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// gqlgen evaluates @defer even if the schema does not define it. Switched off, it changes nothing.
func TestOnlyActiveDeferIsRefused(t *testing.T) {
	for text, refused := range map[string]bool{
		`{... @defer {s}}`:                                       true,
		`{... @defer(if: true) {s}}`:                             true,
		`{... @defer(label: "a") {s}}`:                           true,
		`{... @defer(if: false) {s}}`:                            false,
		`{... @defer(label: "a", if: false) {s}}`:                false,
		`query($if: Boolean!) {... @defer(if: $if) {s}}`:         false, // its value decides
		`{...F @defer(if: false)} fragment F on Query {s}`:       false,
		`{...F} fragment F on Query {... @defer {s}}`:            true,
		`{...F} fragment F on Query {... @defer(if: false) {s}}`: false,
	} {
		if _, err := Parse(text, tokens, Limits{}); (err != nil) != refused {
			t.Errorf("%s: %v", text, err)
		}
	}
}
