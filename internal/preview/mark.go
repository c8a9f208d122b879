package preview

import (
	"image"
	"image/color"
	"math"
)

// bars are the bars of the mark, web/public/favicon.svg: for each one its x, and the y of its upper and its lower end.
var bars = [][3]float64{
	{14, 23, 34}, {20, 17, 40}, {26, 18, 46}, {32, 23, 52}, {38, 18, 46}, {44, 17, 40}, {50, 23, 34},
}

const (
	markScale   = 2.5
	barRadius   = 2 * markScale
	markX       = margin - 12*markScale // so that the first bar begins at the margin
	markY       = margin - 15*markScale
	halfAPixel  = 0.5
	maxCoverage = 255
)

// drawMark draws the mark in the upper left corner.
func drawMark(canvas *image.RGBA) {
	for _, bar := range bars {
		drawBar(canvas, markX+bar[0]*markScale, markY+bar[1]*markScale, markY+bar[2]*markScale)
	}
}

// drawBar draws an upright line with round ends, and smooth edges.
func drawBar(canvas *image.RGBA, x, from, to float64) {
	for py := int(from - barRadius - 1); py <= int(to+barRadius+1); py++ {
		for px := int(x - barRadius - 1); px <= int(x+barRadius+1); px++ {
			cx, cy := float64(px)+halfAPixel, float64(py)+halfAPixel
			distance := math.Hypot(cx-x, cy-min(max(cy, from), to))
			coverage := min(max(barRadius-distance+halfAPixel, 0), 1)
			if coverage > 0 {
				canvas.SetRGBA(px, py, mix(canvas.RGBAAt(px, py), accent, coverage))
			}
		}
	}
}

// mix returns the color between two opaque ones, with the given share of b.
func mix(a, b color.RGBA, share float64) color.RGBA {
	between := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), maxCoverage}
}
