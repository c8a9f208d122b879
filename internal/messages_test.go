package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// messagePackages are the packages whose errors for clients are checked, relative to this folder.
var messagePackages = []string{
	"party", "account", "jukebox", "roomstate", "playback", "push", "server", "session", "session/openid", "spotify",
	"gqlserver", "gqlserver/guard", "demo", "../graph", "../cmd/antwon",
}

// Clients show these messages to people: each is a complete sentence, with a capital letter at its beginning and a full
// stop at its end. Only the message of party.BadInput begins with the name of an argument.
func TestMessagesForClientsAreSentences(t *testing.T) {
	checked := 0
	for _, dir := range messagePackages {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files (%v)", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				for _, m := range messagesOf(n) {
					checked++
					if why := m.fault(); why != "" {
						t.Errorf("%s: %q %s", set.Position(n.Pos()), m.text, why)
					}
				}
				return true
			})
		}
	}
	if checked < 80 {
		t.Errorf("found %d messages only: this test does not recognise the others", checked)
	}
}

// message is a literal that becomes an error's message, or a part of it.
type message struct {
	text       string
	start, end bool // whether it begins and ends the message
	function   string
}

func (m message) fault() string {
	first, _ := utf8.DecodeRuneInString(m.text)
	switch {
	case m.function == "BadInput" && !unicode.IsLower(first):
		return "does not continue the sentence that the field's name begins"
	case m.function == "BadInput" && strings.ContainsAny(m.text[len(m.text)-1:], ".!?:"):
		return "ends a sentence that BadInput ends itself"
	case m.function == "BadInput":
		return ""
	case m.start && !unicode.IsUpper(first) && first != '%':
		return "does not begin with a capital letter"
	case m.function == "TooOften" && strings.ContainsAny(m.text[len(m.text)-1:], ".!?:"):
		return "ends a sentence that TooOften ends itself"
	case m.function == "TooOften":
		return ""
	case m.end && !strings.ContainsAny(m.text[len(m.text)-1:], ".!?"):
		return "does not end with a full stop"
	}
	return ""
}

// messagesOf returns the literals of a call or a composite literal that makes an error for clients.
func messagesOf(n ast.Node) []message {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch name := partyName(n.Fun); {
		case (name == "Errorf" || name == "BadInput") && len(n.Args) >= 2:
			return literalsOf(n.Args[1], name)
		case name == "TooOften" && len(n.Args) == 2:
			return literalsOf(n.Args[0], name)
		}
	case *ast.CompositeLit:
		if name := partyName(n.Type); name != "Error" && name != "Refusal" {
			return nil
		}
		for i, value := range n.Elts {
			pair, named := value.(*ast.KeyValueExpr)
			switch {
			case named && pair.Key.(*ast.Ident).Name == "Message":
				return literalsOf(pair.Value, "Message")
			case !named && i == 1:
				return literalsOf(value, "Message")
			}
		}
	}
	return nil
}

// partyName returns X of party.X or, as within package party, of a plain X.
func partyName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok && pkg.Name == "party" {
			return e.Sel.Name
		}
	}
	return ""
}

// literalsOf returns the string literals of an expression: of a sum the first and the last one, of a call of
// fmt.Sprintf its format. What a variable holds is not known.
func literalsOf(e ast.Expr, function string) []message {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil || text == "" {
			return []message{{text: e.Value, start: true, end: true, function: function}}
		}
		return []message{{text: text, start: true, end: true, function: function}}
	case *ast.BinaryExpr:
		var parts []message
		for _, m := range literalsOf(e.X, function) {
			m.end = false
			parts = append(parts, m)
		}
		for _, m := range literalsOf(e.Y, function) {
			m.start = false
			parts = append(parts, m)
		}
		return parts
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" && len(e.Args) > 0 {
			return literalsOf(e.Args[0], function)
		}
	}
	return nil
}
