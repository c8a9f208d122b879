//go:build linux

package realtime

import (
	"fmt"
	"math"
	"strings"

	"antwon.dj/backend/cmd/antwon-bench/realtime/measure"
	"antwon.dj/backend/cmd/antwon-bench/realtime/server"
)

// A plot has two panels beside each other, and a line for each server. Both axes are logarithmic: the servers differ by
// more than ten times.
const (
	plotWidth, plotHeight = 760, 340
	panelWidth            = 310
	panelTop, panelBottom = 44, 268
	panelGap              = 380 // between the left edges of two panels
	panelLeft             = 60
	legendTop             = 328
)

// colours can be told apart on white and on black, also by the colour-blind.
var colours = map[string]string{
	server.Antwon: "#d6336c", server.Bare: "#4c8bf5", server.Centrifuge: "#e8890c", server.Yoga: "#2f9e6e",
	server.Stock: "#8e6bd8",
}

// panel is one figure over the number of subscribers.
type panel struct {
	title    string
	left     float64
	sizes    []int
	low, top float64 // of the figures: powers of ten, or twice or five times one
}

// plot draws deliveries and memory as an SVG.
func (r *results) plot() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" `+
		`aria-label="Deliveries per second and memory of each subscriber, by server">`+"\n", plotWidth, plotHeight)
	b.WriteString(`<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600; font-size: 13px }
.grid { stroke: #8884; stroke-width: 1 }
.line { fill: none; stroke-width: 2.2 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
</style>
`)
	deliveries := func(t measure.Throughput) float64 { return t.PerSecond }
	memory := func(t measure.Throughput) float64 { return t.IdleKB }
	r.drawPanel(&b, panelLeft, "deliveries per second (higher is better)", deliveries)
	r.drawPanel(&b, panelLeft+panelGap, "KB per idle subscriber (lower is better)", memory)
	for i, kind := range r.kinds() {
		x := panelLeft + i*140
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="14" height="4" fill="%s"/><text x="%d" y="%d">%s</text>`+"\n",
			x, legendTop-6, colours[kind], x+20, legendTop, serverNames[kind])
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (r *results) drawPanel(b *strings.Builder, left float64, title string, figure func(measure.Throughput) float64) {
	p := panel{title: title, left: left, sizes: r.sizes(), low: math.Inf(1)}
	for _, kind := range r.kinds() {
		for _, n := range p.sizes {
			if t := findThroughput(r.throughputs, inOneRoom(n), kind); t != nil {
				p.low, p.top = min(p.low, figure(*t)), max(p.top, figure(*t))
			}
		}
	}
	ticks := ticksBetween(p.low, p.top)
	p.low, p.top = ticks[0], ticks[len(ticks)-1]
	p.drawAxes(b, ticks)
	for _, kind := range r.kinds() {
		var points []string
		for _, n := range p.sizes {
			if t := findThroughput(r.throughputs, inOneRoom(n), kind); t != nil {
				x, y := p.x(n), p.y(figure(*t))
				points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
				fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", x, y, colours[kind])
			}
		}
		if len(points) > 1 {
			fmt.Fprintf(b, `<polyline class="line" stroke="%s" points="%s"/>`+"\n", colours[kind], strings.Join(points, " "))
		}
	}
}

func (p panel) drawAxes(b *strings.Builder, ticks []float64) {
	fmt.Fprintf(b, `<text class="title" x="%.1f" y="24">%s</text>`+"\n", p.left, p.title)
	for _, tick := range ticks {
		y := p.y(tick)
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, p.left, p.left+panelWidth, y, y)
		fmt.Fprintf(b, `<text text-anchor="end" x="%.1f" y="%.1f">%s</text>`+"\n", p.left-6, y+4, formatThousands(tick))
	}
	for _, n := range p.sizes {
		fmt.Fprintf(b, `<text text-anchor="middle" x="%.1f" y="%d">%s</text>`+"\n",
			p.x(n), panelBottom+18, formatThousands(float64(n)))
	}
	fmt.Fprintf(b, `<text text-anchor="middle" x="%.1f" y="%d">subscribers of one room</text>`+"\n",
		p.left+panelWidth/2, panelBottom+34)
}

func (p panel) x(subscribers int) float64 {
	first, last := float64(p.sizes[0]), float64(p.sizes[len(p.sizes)-1])
	if first == last {
		return p.left + panelWidth/2
	}
	const margin = 16
	return p.left + margin + (panelWidth-2*margin)*math.Log(float64(subscribers)/first)/math.Log(last/first)
}

func (p panel) y(figure float64) float64 {
	return panelBottom - (panelBottom-panelTop)*math.Log(figure/p.low)/math.Log(p.top/p.low)
}

// ticksBetween returns the powers of ten, and twice and five times each, from the last that is not above low to the
// first that is not below high. There are at least two.
func ticksBetween(low, high float64) (ticks []float64) {
	for power := math.Pow(10, math.Floor(math.Log10(low))); ; power *= 10 {
		for _, times := range []float64{1, 2, 5} {
			tick := power * times
			if tick <= low {
				ticks = nil // those before it are not needed
			}
			ticks = append(ticks, tick)
			if tick >= high && len(ticks) > 1 {
				return ticks
			}
		}
	}
}
