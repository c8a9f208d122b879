package sim

import (
	"encoding/json"
	"strings"
)

// filterFields returns the part of a response that the query's fields select, or all of it if there are none (Web API
// reference, "Get Playlist Items": "items(item(name,uri)),next").
func filterFields(c *call, body any) (any, error) {
	text := c.URL.Query().Get("fields")
	if text == "" {
		return body, nil
	}
	wanted, rest, ok := parseFields(text)
	if !ok || rest != "" {
		return nil, badRequest("Invalid fields")
	}
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var all any
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	return wanted.pick(all), nil
}

// fields are the selected names, each with the selection below it. An empty selection selects everything.
type fields map[string]fields

// parseFields parses names separated by commas, each with a selection in parentheses or after a dot, up to a closing
// parenthesis or the end of the text. It returns the rest of the text, and false if the syntax is wrong.
func parseFields(text string) (f fields, rest string, ok bool) {
	f = fields{}
	for {
		end := strings.IndexAny(text, ",.()")
		if end < 0 {
			end = len(text)
		}
		name := strings.TrimSpace(text[:end])
		if name == "" {
			return nil, "", false
		}
		below := fields{}
		switch text = text[end:]; {
		case strings.HasPrefix(text, "("):
			if below, text, ok = parseFields(text[1:]); !ok || !strings.HasPrefix(text, ")") {
				return nil, "", false
			}
			text = text[1:]
		case strings.HasPrefix(text, "."):
			chain, tail, good := parseChain(text[1:])
			if !good {
				return nil, "", false
			}
			below, text = chain, tail
		}
		f[name] = below
		if !strings.HasPrefix(text, ",") {
			return f, text, true
		}
		text = text[1:]
	}
}

// parseChain parses the selection after a dot: one name, and the selection below it.
func parseChain(text string) (fields, string, bool) {
	end := strings.IndexAny(text, ",)")
	if open := strings.IndexByte(text, '('); open >= 0 && (end < 0 || open < end) {
		if end = strings.IndexByte(text, ')'); end >= 0 {
			end++
		}
	}
	if end < 0 {
		end = len(text)
	}
	f, rest, ok := parseFields(text[:end])
	return f, text[end:], ok && rest == ""
}

// pick returns the selected parts of a decoded JSON value, and may modify the value.
func (f fields) pick(from any) any {
	if len(f) == 0 {
		return from
	}
	switch from := from.(type) {
	case []any:
		for i := range from {
			from[i] = f.pick(from[i])
		}
		return from
	case map[string]any:
		picked := map[string]any{}
		for name, below := range f {
			if value, there := from[name]; there {
				picked[name] = below.pick(value)
			}
		}
		return picked
	}
	return from
}
