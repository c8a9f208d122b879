package gqlserver

import (
	"slices"
	"strconv"
	"strings"

	"antwon.dj/backend/internal/gqlserver/guard"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// valuesRule returns the validation rule that every literal value in a document fits its type, as ValuesOfCorrectType
// in the GraphQL specification. Scalars are the checks of custom scalars.
func valuesRule(scalars map[string]func(any) error, suggestions bool) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		observers.OnValue(func(_ *core.Walker, value *ast.Value) {
			if value.ExpectedType == nil || value.Definition == nil || value.Kind == ast.Variable {
				return
			}
			v := literal{Value: value, scalars: scalars, suggestions: suggestions, refuse: addError}
			v.check()
		})
	}
}

// literal is a value that validation checks. Validation visits the values within it separately.
type literal struct {
	*ast.Value
	scalars     map[string]func(any) error
	suggestions bool
	refuse      core.AddErrFunc
}

func (v literal) check() {
	switch {
	case v.Kind == ast.NullValue:
		if v.ExpectedType.NonNull {
			v.unexpected("")
		}
	case v.Kind == ast.ListValue:
		if v.ExpectedType.Elem == nil {
			v.unexpected("")
		}
	case v.Definition.Kind == ast.InputObject:
		v.checkObject()
	case v.Definition.Kind == ast.Enum:
		v.checkEnum()
	default:
		v.checkScalar()
	}
}

func (v literal) fail(message string, args ...any) {
	v.refuse(core.Message(message, args...), core.At(v.Position))
}

// unexpected refuses the value and names its expected type. Reason may be empty.
func (v literal) unexpected(reason string) {
	if reason != "" {
		reason = "; " + reason
	}
	v.fail(`Expected value of type "%s", found %s%s.`, v.ExpectedType, shorten(v.String()), reason)
}

func (v literal) checkObject() {
	if v.Kind != ast.ObjectValue {
		v.unexpected("")
		return
	}
	for _, field := range v.Definition.Fields {
		if field.Type.NonNull && field.DefaultValue == nil && v.Children.ForName(field.Name) == nil {
			v.fail(missingField, v.Definition.Name+"."+field.Name, field.Type)
		}
	}
	for _, given := range v.Children {
		if v.Definition.Fields.ForName(given.Name) == nil {
			v.refuse(core.Message(unknownField, given.Name, v.Definition.Name),
				v.suggest("Did you mean", given.Name, fieldNames(v.Definition)), core.At(given.Position))
		}
	}
	if v.Definition.Directives.ForName("oneOf") != nil &&
		(len(v.Children) != 1 || v.Children[0].Value.Kind == ast.NullValue) {
		v.fail(`OneOf Input Object "%s" must specify exactly one key.`, v.Definition.Name)
	}
}

func (v literal) checkEnum() {
	switch {
	case v.Kind != ast.EnumValue:
		v.refuse(core.Message(`Enum "%s" cannot represent non-enum value: %s.`, v.Definition.Name, shorten(v.String())),
			v.suggest("Did you mean the enum value", v.Raw, enumNames(v.Definition)), core.At(v.Position))
	case v.Definition.EnumValues.ForName(v.Raw) == nil:
		v.refuse(core.Message(unknownEnumValue, v.Raw, v.Definition.Name),
			v.suggest("Did you mean the enum value", v.Raw, enumNames(v.Definition)), core.At(v.Position))
	}
}

func (v literal) checkScalar() {
	switch v.Definition.Name {
	case "Int":
		if n, err := strconv.ParseFloat(v.Raw, 64); v.Kind != ast.IntValue || err != nil {
			v.fail(noInteger, shorten(v.String()))
		} else if !isInt32(n) {
			v.fail(noInt32, shorten(v.String()))
		}
	case "Float":
		_, err := strconv.ParseFloat(v.Raw, 64)
		if v.Kind != ast.IntValue && v.Kind != ast.FloatValue || err != nil {
			v.fail(noNumber, shorten(v.String()))
		}
	case "Boolean":
		if v.Kind != ast.BooleanValue {
			v.fail(noBoolean, shorten(v.String()))
		}
	case "String":
		v.checkText(noString, v.Kind == ast.StringValue || v.Kind == ast.BlockValue)
	case "ID":
		_, err := strconv.ParseInt(v.Raw, 10, 64) // larger ones fail when gqlgen reads them
		v.checkText(noID, v.Kind == ast.StringValue || v.Kind == ast.BlockValue || v.Kind == ast.IntValue && err == nil)
	default:
		v.checkCustom()
	}
}

// checkText refuses a value that is not ok, and a string in which the parser has replaced a lone surrogate.
func (v literal) checkText(message string, ok bool) {
	if !ok {
		v.fail(message, shorten(v.String()))
		return
	}
	if v.Kind == ast.StringValue && strings.ContainsRune(v.Raw, '\uFFFD') && guard.HasLoneSurrogate(v.source()) {
		v.fail("A string contains a lone surrogate.")
	}
}

// source returns the text of the value in the document.
func (v literal) source() string {
	text := []rune(v.Position.Src.Input)
	return string(text[min(v.Position.Start, len(text)):min(v.Position.End, len(text))])
}

func (v literal) checkCustom() {
	value, err := v.Value.Value(nil)
	if v.Kind == ast.ObjectValue || v.Kind == ast.EnumValue || err != nil {
		v.unexpected("")
		return
	}
	if check := v.scalars[v.Definition.Name]; check != nil {
		if err := check(value); err != nil {
			v.unexpected(strings.TrimSuffix(err.Error(), "."))
		}
	}
}

// suggest appends names that are similar to what was given, if suggestions are on.
func (v literal) suggest(prefix, given string, names []string) core.ErrorOption {
	if !v.suggestions {
		names = nil
	}
	return core.SuggestListQuoted(prefix, given, names)
}

func fieldNames(definition *ast.Definition) (names []string) {
	for _, field := range definition.Fields {
		names = append(names, field.Name)
	}
	return names
}

func enumNames(definition *ast.Definition) (names []string) {
	for _, value := range definition.EnumValues {
		names = append(names, value.Name)
	}
	return slices.Clip(names)
}
