package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// nullableProperties are properties that Spotify has been seen to send as null.
func nullableProperties() []string {
	return []string{
		"CurrentlyPlayingContextObject.context",     // a single song has no context
		"CurrentlyPlayingObject.context",            //
		"CurrentlyPlayingContextObject.item",        // advertisements, and episodes that were not requested
		"CurrentlyPlayingObject.item",               //
		"CurrentlyPlayingContextObject.progress_ms", // "Can be null" in the text
		"CurrentlyPlayingObject.progress_ms",        //
		"QueueObject.currently_playing",             // "Can be null" in the text
		"PlayHistoryObject.context",                 // a single song has no context
		"CursorPagingObject.next",                   // on the last page
		"CursorPagingObject.cursors",                // on an empty page
		"PlaylistTrackObject.item",                  // a song that Spotify no longer has
		"PrivateUserObject.display_name",            // as in the public profile
	}
}

// optionalProperties are required properties that Spotify has not sent to apps in Development Mode since February 2026.
// The description marks them as deprecated.
func optionalProperties() []string {
	return []string{
		"AlbumBase.available_markets", "ArtistDiscographyAlbumObject.album_group",
		"ShowBase.available_markets", "ShowBase.publisher", // of an episode's show
	}
}

// widen changes the description so that it permits everything that Spotify is known to send.
func widen(doc *openapi3.T) error {
	for _, name := range nullableProperties() {
		owner, property, _ := strings.Cut(name, ".")
		if err := makeNullable(doc, owner, property); err != nil {
			return err
		}
	}
	for _, name := range optionalProperties() {
		owner, property, _ := strings.Cut(name, ".")
		if err := makeOptional(doc, owner, property); err != nil {
			return err
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			widenResponses(doc, path, method, operation)
			widenLimit(operation)
		}
	}
	return nil
}

// schemaWith returns the schema, out of those that the named object is composed of, for which has returns true.
func schemaWith(doc *openapi3.T, name string, has func(*openapi3.Schema) bool) (*openapi3.Schema, error) {
	ref := doc.Components.Schemas[name]
	if ref == nil {
		return nil, fmt.Errorf("the description has no %s", name)
	}
	for _, part := range append(openapi3.SchemaRefs{ref}, ref.Value.AllOf...) {
		if has(part.Value) {
			return part.Value, nil
		}
	}
	return nil, fmt.Errorf("the description of %s has changed", name)
}

// makeNullable replaces a property's schema by one that also permits null.
func makeNullable(doc *openapi3.T, name, property string) error {
	schema, err := schemaWith(doc, name, func(s *openapi3.Schema) bool { return s.Properties[property] != nil })
	if err != nil {
		return err
	}
	null := openapi3.NewSchema()
	null.Enum, null.Nullable = []any{nil}, true
	schema.Properties[property] = openapi3.NewAnyOfSchema(schema.Properties[property].Value, null).NewRef()
	return nil
}

// makeOptional removes a property from the required ones.
func makeOptional(doc *openapi3.T, name, property string) error {
	schema, err := schemaWith(doc, name, func(s *openapi3.Schema) bool { return slices.Contains(s.Required, property) })
	if err == nil {
		schema.Required = slices.DeleteFunc(schema.Required, func(required string) bool { return required == property })
	}
	return err
}

// widenResponses adds statuses and media types.
func widenResponses(doc *openapi3.T, path, method string, operation *openapi3.Operation) {
	// The description lists only 401, 403 and 429 for most operations. In fact every operation responds with 404 to
	// unknown ids and with 400 to malformed requests. For one operation the description of the error lacks its envelope.
	operation.Responses.Set("400", doc.Components.Responses["BadRequest"])
	operation.Responses.Set("404", doc.Components.Responses["NotFound"])
	// Responses to accounts that are not on the app's list, and those of the rate limiter, are plain text.
	for _, status := range []string{"403", "429"} {
		answer := *operation.Responses.Value(status).Value
		answer.Content = openapi3.Content{"text/plain": plainText()}
		for kind, media := range operation.Responses.Value(status).Value.Content {
			answer.Content[kind] = media
		}
		operation.Responses.Set(status, &openapi3.ResponseRef{Value: &answer})
	}
	// Successful commands have been answered with an opaque text since July 2024, where the description has 204, and with
	// 202 before that.
	if strings.HasPrefix(path, "/me/player") && method != http.MethodGet {
		content := openapi3.Content{"text/plain": plainText()}
		text := openapi3.NewResponse().WithDescription("An opaque text").WithContent(content)
		operation.Responses.Set("200", &openapi3.ResponseRef{Value: text})
		operation.Responses.Set("202", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("Accepted")})
	}
	// The status 204 when nothing plays was long documented. The description dropped it for this operation only.
	if path == "/me/player/currently-playing" {
		operation.Responses.Set("204", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("Nothing plays")})
	}
}

func plainText() *openapi3.MediaType {
	return openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
}

// widenLimit permits a limit of 0 in searches: the text says "Range: 0 - 10", while the schema's minimum is 1.
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

// isUndescribed reports whether the description does not apply: Spotify's proxies send JSON, HTML or no body with 5xx.
func isUndescribed(response *http.Response) bool {
	return response.StatusCode >= http.StatusInternalServerError
}
