import { generate } from 'lean-qr'
import { useMemo } from 'react'

/** A QR code of a text. It is black on white in both themes, with the quiet zone that scanners need. */
export function Qr({ text, label, size }: { text: string; label: string; size: number | string }) {
  const { path, width } = useMemo(() => draw(text), [text])
  return (
    <svg
      width={size}
      height={size}
      viewBox={`-4 -4 ${width + 8} ${width + 8}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect x="-4" y="-4" width={width + 8} height={width + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function draw(text: string): { path: string; width: number } {
  const code = generate(text)
  let path = ''
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`
  }
  return { path, width: code.size }
}
