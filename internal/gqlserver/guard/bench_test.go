package guard

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

func BenchmarkCheck(b *testing.B) {
	for name, text := range map[string]string{
		"subscription":  subscription,
		"introspection": introspection,
		"bomb":          bombs["fields and more"],
		"quadratic":     quadratic["within inline fragments"],
	} {
		doc := parse(b, text)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(doc, Limits{})
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{"subscription": subscription, "bomb": bombs["fields and more"]} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				parse(b, text)
			}
		})
	}
}

// BenchmarkValidateWhatPasses measures parsing and validating the costliest documents that pass, which is mostly
// validation.
func BenchmarkValidateWhatPasses(b *testing.B) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { q: Query s: String l(v: [Int!]): Int }`})
	for name, text := range within {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				doc, err := Parse(text, tokens, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				_ = validator.ValidateWithRules(schema, doc, nil)
			}
		})
	}
}
