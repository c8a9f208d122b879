package gqlserver

import (
	"mime"
	"strconv"
	"strings"
)

const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
)

// negotiate returns the media type of the response, or "" if the Accept header allows none of ours. A client gets
// events only if it names them and prefers nothing else. It gets application/graphql-response+json, which is newer,
// only if it names that; application/json is safe for clients that accept anything or send no header.
func negotiate(accept []string) string {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return mediaJSON
	}
	json, jsonNamed := quality(header, mediaJSON)
	response, named := quality(header, mediaResponse)
	events, wanted := quality(header, mediaEvents)
	switch {
	case wanted && events > max(json, response), wanted && events > 0 && events == json && !named && !jsonNamed:
		return mediaEvents
	case response > 0 && (response > json || named && response == json):
		return mediaResponse
	case json > 0:
		return mediaJSON
	default:
		return ""
	}
}

// quality returns the weight that the Accept header gives a media type, and whether it names that type. The most
// specific range decides.
func quality(accept, mediaType string) (q float64, named bool) {
	specific := 0
	for part := range strings.SplitSeq(accept, ",") {
		accepted, params, err := mime.ParseMediaType(part)
		s := map[string]int{"*/*": 1, mainType(mediaType) + "/*": 2, mediaType: 3}[accepted]
		if err != nil || s <= specific {
			continue
		}
		specific, q = s, 1
		if value, ok := params["q"]; ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
	}
	return q, specific == 3
}

func mainType(mediaType string) string {
	main, _, _ := strings.Cut(mediaType, "/")
	return main
}
