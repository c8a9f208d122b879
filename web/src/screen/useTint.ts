import { useEffect } from 'react'
import { type Tint, tintOf } from './tint'

const side = 16 // pixels of the picture that is looked at

/** Tints the page's ground by the main colour of a cover. Without one, or if it cannot be read, the ground has its own colour. */
export function useTint(imageUrl: string | null | undefined): void {
  useEffect(() => {
    let isCurrent = true
    const show = (tint: Tint | null) => isCurrent && setTint(tint)
    if (imageUrl) void tintAt(imageUrl).then(show, () => show(null))
    else show(null)
    return () => {
      isCurrent = false
    }
  }, [imageUrl])
}

function setTint(tint: Tint | null): void {
  const { style } = document.documentElement
  style.setProperty('--tint-hue', `${tint?.hue ?? 0}`)
  style.setProperty('--tint-saturation', `${tint?.saturation ?? 0}%`)
  document.documentElement.dataset.tinted = `${tint !== null}`
}

async function tintAt(url: string): Promise<Tint | null> {
  const image = new Image()
  image.crossOrigin = 'anonymous' // else its pixels cannot be read
  image.src = url
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = side
  canvas.height = side
  const context = canvas.getContext('2d')
  context?.drawImage(image, 0, 0, side, side)
  return tintOf(context?.getImageData(0, 0, side, side).data ?? [])
}
