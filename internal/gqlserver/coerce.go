package gqlserver

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The errors about values, in the words of graphql-js.
const (
	noInteger        = "Int cannot represent non-integer value: %s"
	noInt32          = "Int cannot represent non 32-bit signed integer value: %s"
	noNumber         = "Float cannot represent non numeric value: %s"
	noString         = "String cannot represent a non string value: %s"
	noBoolean        = "Boolean cannot represent a non boolean value: %s"
	noID             = "ID cannot represent a non-string and non-integer value: %s"
	missingField     = `Field "%s" of required type "%s" was not provided.`
	unknownField     = `Field "%s" is not defined by type "%s".`
	unknownEnumValue = `Value "%s" does not exist in "%s" enum.`
)

// coercion turns the variables of a request, which are decoded from JSON, into values of their types, or says what is
// wrong with them.
type coercion struct {
	schema   *ast.Schema
	scalars  map[string]func(any) error
	variable *ast.VariableDefinition // the one that is being coerced
	errs     gqlerror.List
}

// coerce returns the values of an operation's variables, or the errors in them. It omits variables without a value.
func (c *coercion) coerce(op *ast.OperationDefinition, given map[string]any) (map[string]any, gqlerror.List) {
	coerced := make(map[string]any, len(op.VariableDefinitions))
	for _, variable := range op.VariableDefinitions {
		c.variable = variable
		value, ok := given[variable.Variable]
		switch {
		case ok && value == nil && variable.Type.NonNull:
			c.refuse(`Variable "$%s" of non-null type "%s" must not be null.`, variable.Variable, variable.Type)
		case ok && value == nil:
			coerced[variable.Variable] = nil
		case ok:
			coerced[variable.Variable] = c.value(variable.Type, value, "")
		case variable.DefaultValue != nil:
			coerced[variable.Variable], _ = variable.DefaultValue.Value(nil) // the literal has passed validation
		case variable.Type.NonNull:
			c.refuse(`Variable "$%s" of required type "%s" was not provided.`, variable.Variable, variable.Type)
		}
	}
	return coerced, c.errs
}

func (c *coercion) refuse(message string, args ...any) {
	c.errs = append(c.errs, invalid(c.variable.Position, message, args...))
}

// invalidValue refuses a value within the variable.
func (c *coercion) invalidValue(path string, value any, reason string, args ...any) any {
	at := ""
	if path != "" {
		at = fmt.Sprintf(" at %q", shorten(c.variable.Variable+path))
	}
	reason = fmt.Sprintf(reason, args...)
	c.refuse(`Variable "$%s" got invalid value %s%s; %s`, c.variable.Variable, shown(value), at, reason)
	return nil
}

// value coerces a value to type t. It returns nil after an error. Path leads from the variable to the value.
func (c *coercion) value(t *ast.Type, value any, path string) any {
	definition := c.schema.Types[t.Name()]
	switch {
	case value == nil:
		if t.NonNull {
			return c.invalidValue(path, value, `Expected non-nullable type "%s" not to be null.`, t)
		}
		return nil
	case t.Elem != nil:
		return c.list(t.Elem, value, path)
	case definition.Kind == ast.InputObject:
		return c.object(definition, value, path)
	case definition.Kind == ast.Enum:
		return c.enum(definition, value, path)
	default:
		return c.scalar(definition.Name, value, path)
	}
}

// list coerces the items of a list. A single value stands for a list with that value.
func (c *coercion) list(item *ast.Type, value any, path string) any {
	given, ok := value.([]any)
	if !ok {
		return []any{c.value(item, value, path)}
	}
	coerced := make([]any, len(given))
	for i, v := range given {
		coerced[i] = c.value(item, v, fmt.Sprintf("%s[%d]", path, i))
	}
	return coerced
}

func (c *coercion) object(definition *ast.Definition, value any, path string) any {
	given, ok := value.(map[string]any)
	if !ok {
		return c.invalidValue(path, value, `Expected type "%s" to be an object.`, definition.Name)
	}
	coerced := make(map[string]any, len(given))
	for _, field := range definition.Fields {
		if v, ok := given[field.Name]; ok {
			coerced[field.Name] = c.value(field.Type, v, path+"."+field.Name)
		} else if field.Type.NonNull && field.DefaultValue == nil {
			c.invalidValue(path, value, missingField, field.Name, field.Type)
		}
	}
	for name := range given {
		if definition.Fields.ForName(name) == nil {
			c.invalidValue(path, value, unknownField, shorten(name), definition.Name)
		}
	}
	if definition.Directives.ForName("oneOf") != nil && (len(coerced) != 1 || hasNull(coerced)) {
		c.invalidValue(path, value, `Exactly one key must be specified for OneOf type "%s".`, definition.Name)
	}
	return coerced
}

func hasNull(object map[string]any) bool {
	for _, value := range object {
		if value == nil {
			return true
		}
	}
	return false
}

func (c *coercion) enum(definition *ast.Definition, value any, path string) any {
	name, ok := value.(string)
	switch {
	case !ok:
		return c.invalidValue(path, value, `Enum "%s" cannot represent non-string value: %s.`, definition.Name, shown(value))
	case definition.EnumValues.ForName(name) == nil:
		return c.invalidValue(path, value, unknownEnumValue, shorten(name), definition.Name)
	}
	return name
}

func (c *coercion) scalar(name string, value any, path string) any {
	switch name {
	case "Int":
		return c.integer(value, path)
	case "Float":
		if number, ok := floatOf(value); ok {
			return number
		}
		return c.invalidValue(path, value, noNumber, shown(value))
	case "String":
		if _, ok := value.(string); !ok {
			return c.invalidValue(path, value, noString, shown(value))
		}
	case "Boolean":
		if _, ok := value.(bool); !ok {
			return c.invalidValue(path, value, noBoolean, shown(value))
		}
	case "ID":
		return c.id(value, path)
	default:
		if check := c.scalars[name]; check != nil {
			if err := check(value); err != nil {
				return c.invalidValue(path, value, `Expected type "%s". %s`, name, err)
			}
		}
	}
	return value
}

func (c *coercion) integer(value any, path string) any {
	number, ok := floatOf(value)
	switch {
	case !ok || number != math.Trunc(number):
		return c.invalidValue(path, value, noInteger, shown(value))
	case !isInt32(number):
		return c.invalidValue(path, value, noInt32, shown(value))
	}
	return int64(number)
}

// id returns an ID as a string, whether the client sends it as a string or as an integer.
func (c *coercion) id(value any, path string) any {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if integer, ok := integerText(v); ok {
			return integer
		}
	}
	return c.invalidValue(path, value, noID, shown(value))
}

// maxExactFloat is the largest integer up to which a float64 represents every integer exactly.
const maxExactFloat = 1<<53 - 1

// integerText returns the digits of a number without a fraction: 1 for 1, 1.0 and 1e0.
func integerText(number json.Number) (digits string, ok bool) {
	if strings.Trim(number.String(), "-0123456789") == "" {
		return number.String(), true
	}
	f, err := number.Float64()
	if err != nil || f != math.Trunc(f) || math.Abs(f) > maxExactFloat {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}

// floatOf returns a JSON number as a float64. It returns false for other values, and for numbers beyond the range.
func floatOf(value any) (number float64, ok bool) {
	text, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	number, err := text.Float64()
	return number, err == nil
}

func isInt32(number float64) bool { return number >= math.MinInt32 && number <= math.MaxInt32 }

// shown returns a value in JSON, as error messages show it.
func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("of type %T", value) // cannot happen: it was decoded from JSON
	}
	return shorten(string(text))
}

// maxShownBytes is how many bytes of a client's text an error message repeats.
const maxShownBytes = 100

// shorten cuts a client's text to maxShownBytes.
func shorten(text string) string {
	if len(text) <= maxShownBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxShownBytes], "") + "…"
}

// invalid returns an error like those of validation.
func invalid(at *ast.Position, message string, args ...any) *gqlerror.Error {
	err := gqlerror.Errorf(message, args...)
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	errcode.Set(err, errcode.ValidationFailed)
	return err
}
