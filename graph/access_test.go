package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"antwon.dj/backend/graph"
	"antwon.dj/backend/internal/account"
)

// publicFields are those of a room that everybody sees who knows its id or code.
var publicFields = map[string]bool{"id": true, "code": true, "name": true, "status": true}

// attempt is an operation of somebody who has no right to it.
type attempt struct {
	name, query string
	subscribes  bool
}

// attempts returns an operation for each field of the schema that takes the id of a room or of a queue item, and one
// for each field of a room that is not public.
func (p *fixture) attempts(itemID string) (all []attempt) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	ids := map[string]string{"roomId": p.roomID, "itemId": itemID}
	for kind, root := range map[string]*ast.Definition{
		"query": schema.Query, "mutation": schema.Mutation, "subscription": schema.Subscription,
	} {
		for _, field := range root.Fields {
			p.checkIDs(kind, field)
			if field.Arguments.ForName("roomId") == nil && field.Arguments.ForName("itemId") == nil {
				continue
			}
			all = append(all, attempt{
				kind + " " + field.Name, kind + " { " + call(schema, field, ids) + " }", kind == "subscription",
			})
		}
	}
	for _, field := range schema.Types["Room"].Fields {
		if !publicFields[field.Name] {
			query := fmt.Sprintf("{ room(id: %q) { %s } }", p.roomID, call(schema, field, ids))
			all = append(all, attempt{"Room." + field.Name, query, false})
		}
	}
	return all
}

// checkIDs checks that each id which a field takes names the room or the item, or something within the room it names.
func (p *fixture) checkIDs(kind string, field *ast.FieldDefinition) {
	inRoom := field.Arguments.ForName("roomId") != nil
	for _, argument := range field.Arguments {
		if argument.Type.Name() != "ID" || argument.Name == "roomId" || argument.Name == "itemId" ||
			inRoom && slices.Contains([]string{"userId", "forUserId", "deviceId"}, argument.Name) {
			continue
		}
		if name := kind + " " + field.Name; name != "query room" && name != "query node" { // their results differ by viewer
			p.Errorf("%s takes the id %s: name a room as roomId and a queue item as itemId", name, argument.Name)
		}
	}
}

// call returns the call of a field with all arguments that it requires.
func call(schema *ast.Schema, field *ast.FieldDefinition, ids map[string]string) string {
	var arguments []string
	for _, argument := range field.Arguments {
		if argument.Type.NonNull && argument.DefaultValue == nil {
			arguments = append(arguments, argument.Name+": "+anyValue(schema, argument.Type, ids[argument.Name]))
		}
	}
	text := field.Name
	if len(arguments) > 0 {
		text += "(" + strings.Join(arguments, ", ") + ")"
	}
	if schema.Types[field.Type.Name()].IsCompositeType() {
		text += " { __typename }"
	}
	return text
}

// anyValue returns some value of a type, or this id.
func anyValue(schema *ast.Schema, t *ast.Type, id string) string {
	definition := schema.Types[t.Name()]
	switch {
	case id != "":
		return fmt.Sprintf("%q", id)
	case definition.Kind == ast.Enum:
		return definition.EnumValues[0].Name
	case definition.Kind == ast.InputObject:
		return "{}"
	case t.Name() == "Int":
		return "1"
	case t.Name() == "Boolean":
		return "true"
	default:
		return `"x"`
	}
}

// refusalOf returns the code with which an attempt is refused; "" if it is not.
func (s *server) refusalOf(who *person, a attempt) string {
	s.Helper()
	if !a.subscribes {
		for _, e := range s.send(who, a.query).Errors {
			return e.Extensions.Code
		}
		return ""
	}
	f, err := s.subscribe(who, a.query, nil)
	s.must(err)
	defer f.Close()
	var event json.RawMessage
	err = f.next(&event)
	for _, code := range []string{"FORBIDDEN", "UNAUTHENTICATED"} {
		if err != nil && strings.Contains(err.Error(), code) {
			return code
		}
	}
	return ""
}

// Fields that take a room or a queue item, and fields of a room that are not public, are refused to users who are not
// members of the room. The test finds these fields in the schema, so no new one can be forgotten.
func TestNothingInARoomIsOpenToStrangers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		removed := p.join("Gina")
		added, err := p.first.jukebox.AddSong(p.host.ctx, p.roomID, uri(1), nil)
		p.must(err)
		viewer, err := account.ViewerFrom(removed.ctx)
		p.must(err)
		_, err = p.first.jukebox.RemoveGuest(p.host.ctx, p.roomID, viewer.UserID, false)
		p.must(err)
		stranger, err := p.first.accounts.DemoLogin(p.Context(), "Otto")
		p.must(err)
		attempts := p.attempts(added.Item.ID)
		if len(attempts) < 35 {
			t.Errorf("only %d operations were found", len(attempts))
		}
		for _, a := range attempts {
			for name, who := range map[string]*person{"a stranger": p.person(stranger), "a removed guest": removed} {
				if code := p.first.refusalOf(who, a); code != "FORBIDDEN" {
					t.Errorf("%s by %s: %q, want FORBIDDEN", a.name, name, code)
				}
			}
			if code := p.first.refusalOf(&person{}, a); code != "FORBIDDEN" && code != "UNAUTHENTICATED" {
				t.Errorf("%s by nobody: %q, want FORBIDDEN or UNAUTHENTICATED", a.name, code)
			}
		}
	})
}
