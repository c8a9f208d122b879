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

// negotiate returns the media type to answer in, or "" where Accept allows none of ours. Events are for those who ask for
// them by name and want nothing else as much. The newer one is for clients
// that name it; to those that take anything, or do not say, JSON is the safe answer.
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

// quality returns how much the Accept header wants mediaType, and whether it names it. The most specific range counts.
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
