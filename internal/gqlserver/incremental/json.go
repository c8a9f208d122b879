package incremental

import "strconv"

// element is the JSON of an element without the numbers of its places, which stand between its parts.
type element [][]byte

// size returns about how many bytes an element takes in a list, with its comma and places.
func (e element) size() int {
	const digits = 3 // of a place, which nearly always has no more
	size := len(",") + digits*(len(e)-1)
	for _, part := range e {
		size += len(part)
	}
	return size
}

// appendList appends a list of elements, each with its place in it.
func appendList(data []byte, elements []element) []byte {
	data = append(data, '[')
	for i, parts := range elements {
		if i > 0 {
			data = append(data, ',')
		}
		for n, part := range parts {
			if n > 0 {
				data = strconv.AppendInt(data, int64(i+1), 10)
			}
			data = append(data, part...)
		}
	}
	return append(data, ']')
}

// eachValue calls visit for the values of the object or list that begins at data[at], with their names if it is an
// object. The data has to be JSON without white space and without escapes in names, as responses are.
func eachValue(data []byte, at int, visit func(name []byte, from, to int)) {
	named := data[at] == '{'
	for at++; at < len(data) && data[at] != '}' && data[at] != ']'; {
		var name []byte
		if named {
			colon := endOfValue(data, at)
			name, at = data[at+1:colon-1], colon+1
		}
		end := endOfValue(data, at)
		visit(name, at, end)
		if at = end; at < len(data) && data[at] == ',' {
			at++
		}
	}
}

// endOfValue returns where the value, or the name, that begins at data[at] ends.
func endOfValue(data []byte, at int) int {
	for depth := 0; at < len(data); at++ {
		switch data[at] {
		case '"':
			if at = lastOfText(data, at); depth == 0 {
				return at + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ':':
			if depth == 0 {
				return at
			}
		}
	}
	return at
}

// lastOfText returns where the quote is that ends the text that begins at data[at].
func lastOfText(data []byte, at int) int {
	for at++; at < len(data) && data[at] != '"'; at++ {
		if data[at] == '\\' {
			at++
		}
	}
	return at
}
