package sim

import (
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
)

// Covers returns a handler for GET /{album ID}.svg, an invented cover for every album of the catalogue. Any other path
// is 404. As the pictures scale, one file serves every size.
func (s *Spotify) Covers() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{file}", func(w http.ResponseWriter, r *http.Request) {
		id, isSVG := strings.CutSuffix(r.PathValue("file"), ".svg")
		a := s.catalogue.albums[id]
		if a == nil || !isSVG {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", "public, max-age=86400")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_, _ = io.WriteString(w, cover(a))
	})
	return mux
}

// cover draws an album's cover as SVG, 640 by 640: a gradient, a few shapes, title and artist. All variation is derived
// from the album's ID.
func cover(a *album) string {
	dice := sha256.Sum256([]byte(a.id))
	hue := int(dice[0]) * 360 / 256
	second := hue + 40 + int(dice[1])%80
	shapes := []func(dice []byte, hue int) string{rings, hills, stripes, moons}
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640" width="640" height="640">`+
		`<defs><linearGradient id="sky" x2="1" y2="1">`+
		`<stop stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>`+
		`<linearGradient id="shade" x2="0" y2="1">`+
		`<stop stop-opacity="0"/><stop offset="1" stop-opacity=".55"/></linearGradient></defs>`+
		`<rect width="640" height="640" fill="url(#sky)"/>`, hsl(hue, 60, 45), hsl(second, 65, 30))
	svg.WriteString(shapes[int(dice[2])%len(shapes)](dice[3:], second+150))
	svg.WriteString(`<rect y="320" width="640" height="320" fill="url(#shade)"/>`)
	svg.WriteString(lettering(a))
	svg.WriteString(`</svg>`)
	return svg.String()
}

func hsl(hue, saturation, lightness int) string {
	return fmt.Sprintf("hsl(%d, %d%%, %d%%)", hue%360, saturation, lightness)
}

// lettering draws the artist at the bottom, and the title above, broken into lines.
func lettering(a *album) string {
	const style = `fill="#fff" font-family="Helvetica, Arial, sans-serif"`
	var svg strings.Builder
	lines := wrap(a.name, 15)
	for i, line := range lines {
		y := 560 - 66*(len(lines)-1-i)
		fmt.Fprintf(&svg, `<text x="40" y="%d" font-size="58" font-weight="bold" %s>%s</text>`,
			y, style, html.EscapeString(line))
	}
	fmt.Fprintf(&svg, `<text x="40" y="606" font-size="30" %s>%s</text>`, style, html.EscapeString(a.artist.name))
	return svg.String()
}

// wrap breaks text between words into lines of at most width characters. A longer word has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last >= 0 && len([]rune(lines[last]+" "+word)) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func rings(dice []byte, hue int) string {
	var svg strings.Builder
	x, y := 120+int(dice[0])%400, 120+int(dice[1])%240
	for i := range 6 {
		fmt.Fprintf(&svg, `<circle cx="%d" cy="%d" r="%d" fill="none" stroke="%s" stroke-width="18" opacity=".6"/>`,
			x, y, 30+i*(36+int(dice[2])%20), hsl(hue+i*8, 70, 65))
	}
	return svg.String()
}

func hills(dice []byte, hue int) string {
	var svg strings.Builder
	fmt.Fprintf(&svg, `<circle cx="%d" cy="170" r="%d" fill="%s"/>`,
		140+int(dice[0])%360, 60+int(dice[1])%40, hsl(hue, 80, 75))
	for i := range 3 {
		y, swing := 300+80*i, 30+int(dice[2+i])%70
		fmt.Fprintf(&svg, `<path d="M0 %d C 160 %d 320 %d 640 %d V640 H0 Z" fill="%s" opacity=".75"/>`,
			y, y-swing, y+swing, y-swing/2, hsl(hue-60-i*10, 45, 40-i*9))
	}
	return svg.String()
}

func stripes(dice []byte, hue int) string {
	var svg strings.Builder
	width := 26 + int(dice[0])%30
	fmt.Fprintf(&svg, `<g transform="rotate(%d 320 320)" opacity=".55">`, 15+int(dice[1])%60)
	for i := range 5 {
		fmt.Fprintf(&svg, `<rect x="-200" y="%d" width="1040" height="%d" fill="%s"/>`,
			60+i*width*2, width, hsl(hue+i*14, 70, 62))
	}
	svg.WriteString(`</g>`)
	return svg.String()
}

func moons(dice []byte, hue int) string {
	var svg strings.Builder
	for i := range 7 {
		fmt.Fprintf(&svg, `<circle cx="%d" cy="%d" r="%d" fill="%s" opacity=".65"/>`,
			40+int(dice[i])*560/255, 40+int(dice[i+7])*420/255, 20+int(dice[i+14])%90, hsl(hue+i*12, 75, 68))
	}
	return svg.String()
}
