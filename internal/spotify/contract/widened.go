package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// nulls are properties that Spotify has been seen to send as null.
func nulls() []string {
	return []string{
		"CurrentlyPlayingContextObject.context",     // a single song is no context
		"CurrentlyPlayingObject.context",            //
		"CurrentlyPlayingContextObject.item",        // advertisements, and episodes that were not asked for
		"CurrentlyPlayingObject.item",               //
		"CurrentlyPlayingContextObject.progress_ms", // "Can be null", says the text
		"CurrentlyPlayingObject.progress_ms",        //
		"QueueObject.currently_playing",             // "Can be null", says the text
		"PlayHistoryObject.context",                 // a single song is no context
		"CursorPagingObject.next",                   // the last page
		"CursorPagingObject.cursors",                // an empty page
		"PlaylistTrackObject.item",                  // a song that is gone from Spotify
		"PrivateUserObject.display_name",            // as in the public profile
	}
}

// gone are required properties that Development Mode does not send since February 2026, deprecated in the description.
func gone() []string {
	return []string{
		"AlbumBase.available_markets", "ArtistDiscographyAlbumObject.album_group",
		"ShowBase.available_markets", "ShowBase.publisher", // of an episode's show
	}
}

// widen makes the description say what is known of Spotify beyond it.
func widen(doc *openapi3.T) error {
	for _, name := range nulls() {
		owner, property, _ := strings.Cut(name, ".")
		if err := nullable(doc, owner, property); err != nil {
			return err
		}
	}
	for _, name := range gone() {
		owner, property, _ := strings.Cut(name, ".")
		if err := optional(doc, owner, property); err != nil {
			return err
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			widenAnswers(doc, path, method, operation)
			widenLimit(operation)
		}
	}
	return nil
}

// own is the schema of an object that lists a property: it may be a part of what the object is made of.
func own(doc *openapi3.T, name string, has func(*openapi3.Schema) bool) (*openapi3.Schema, error) {
	ref := doc.Components.Schemas[name]
	if ref == nil {
		return nil, fmt.Errorf("the description has no %s", name)
	}
	for _, part := range append(openapi3.SchemaRefs{ref}, ref.Value.AllOf...) {
		if has(part.Value) {
			return part.Value, nil
		}
	}
	return nil, fmt.Errorf("the description of %s is not what it was", name)
}

// nullable replaces a property's schema by one that null fits too.
func nullable(doc *openapi3.T, name, property string) error {
	schema, err := own(doc, name, func(s *openapi3.Schema) bool { return s.Properties[property] != nil })
	if err != nil {
		return err
	}
	null := openapi3.NewSchema()
	null.Enum, null.Nullable = []any{nil}, true
	schema.Properties[property] = openapi3.NewAnyOfSchema(schema.Properties[property].Value, null).NewRef()
	return nil
}

func optional(doc *openapi3.T, name, property string) error {
	schema, err := own(doc, name, func(s *openapi3.Schema) bool { return slices.Contains(s.Required, property) })
	if err == nil {
		schema.Required = slices.DeleteFunc(schema.Required, func(required string) bool { return required == property })
	}
	return err
}

// widenAnswers adds statuses and media types.
func widenAnswers(doc *openapi3.T, path, method string, operation *openapi3.Operation) {
	// The description lists only 401, 403 and 429 for most operations; unknown ids and malformed requests are 404 and 400
	// everywhere. For one the error has lost its envelope.
	operation.Responses.Set("400", doc.Components.Responses["BadRequest"])
	operation.Responses.Set("404", doc.Components.Responses["NotFound"])
	// Accounts that are not on the app's list, and the rate limiter, are answered in plain text.
	for _, status := range []string{"403", "429"} {
		answer := *operation.Responses.Value(status).Value
		answer.Content = openapi3.Content{"text/plain": plain()}
		for kind, media := range operation.Responses.Value(status).Value.Content {
			answer.Content[kind] = media
		}
		operation.Responses.Set(status, &openapi3.ResponseRef{Value: &answer})
	}
	// Commands succeed with an opaque text since July 2024 where the description has 204, and with 202 before that.
	if strings.HasPrefix(path, "/me/player") && method != http.MethodGet {
		text := openapi3.NewResponse().WithDescription("An opaque text").WithContent(openapi3.Content{"text/plain": plain()})
		operation.Responses.Set("200", &openapi3.ResponseRef{Value: text})
		operation.Responses.Set("202", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("Accepted")})
	}
	// Nothing plays: long documented, and dropped from the description of this one only.
	if path == "/me/player/currently-playing" {
		operation.Responses.Set("204", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("Nothing plays")})
	}
}

func plain() *openapi3.MediaType {
	return openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
}

// widenLimit: the text says "Range: 0 - 10" for searches, the schema starts at 1.
func widenLimit(operation *openapi3.Operation) {
	if operation.OperationID != "search" {
		return
	}
	for _, parameter := range operation.Parameters {
		if parameter.Value.Name == "limit" {
			least := 0.0
			parameter.Value.Schema.Value.Min = &least
		}
	}
}

// anything tells the answers that nobody describes: Spotify's proxies send JSON, HTML or nothing with 5xx.
func anything(response *http.Response) bool {
	return response.StatusCode >= http.StatusInternalServerError
}
