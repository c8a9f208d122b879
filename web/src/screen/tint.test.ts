import { expect, test } from 'vitest'
import { tintOf } from './tint'

const picture = (...pixels: [number, number, number][]) => pixels.flatMap((pixel) => [...pixel, 255])

test('the tint is the most frequent colour, and grey has none', () => {
  expect(tintOf(picture([200, 20, 20], [190, 30, 25], [20, 20, 200]))?.hue).toBe(15)
  expect(tintOf(picture([20, 60, 200], [10, 40, 210], [200, 20, 20]))?.hue).toBe(225)
  expect(tintOf(picture([90, 90, 90], [255, 255, 255], [0, 0, 0]))).toBeNull()
  expect(tintOf([])).toBeNull()
})

test('a tint is never more saturated than text on it can bear', () => {
  expect(tintOf(picture([255, 0, 0], [255, 0, 0]))).toEqual({ hue: 15, saturation: 60 })
})
