/** A colour in degrees and percent. */
export interface Tint {
  hue: number
  saturation: number
}

const maxSaturation = 60 // percent; text has to stay readable on it

/**
 * The main colour of a picture: the most frequent hue among its pixels, weighed by how colourful they are.
 * Returns null for a picture without colours. pixels are RGBA bytes.
 */
export function tintOf(pixels: ArrayLike<number>): Tint | null {
  const weights = new Array<number>(12).fill(0)
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const { hue, saturation } = hueOf(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0)
    const bin = Math.floor(hue / 30) % 12
    weights[bin] = (weights[bin] ?? 0) + saturation
  }
  const most = Math.max(...weights)
  const share = most / (pixels.length / 4) // of the picture that has this colour in full
  if (!(share > 1 / 20)) return null
  return { hue: weights.indexOf(most) * 30 + 15, saturation: Math.round(Math.min(maxSaturation, 2 * share * maxSaturation)) }
}

/** The hue in degrees, and the saturation from 0 to 1. */
function hueOf(red: number, green: number, blue: number): Tint {
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  if (spread === 0) return { hue: 0, saturation: 0 }
  const sextant =
    most === red ? ((green - blue) / spread + 6) % 6 : most === green ? (blue - red) / spread + 2 : (red - green) / spread + 4
  return { hue: sextant * 60, saturation: spread / 255 }
}
