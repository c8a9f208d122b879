package sim

import "strings"

// name returns a name with at least as many bytes as AppSwitches.LongNames asks for.
func (v view) name(text string) string {
	const more = " ü"
	if missing := v.longNames - len(text); missing > 0 {
		text += strings.Repeat(more, (missing+len(more)-1)/len(more))
	}
	return text
}

// address returns the URL of an image with at least as many bytes as AppSwitches.LongURLs asks for.
func (v view) address(url string) string {
	if missing := v.longURLs - len(url); missing > 0 {
		url += "#" + strings.Repeat("x", missing)
	}
	return url
}
