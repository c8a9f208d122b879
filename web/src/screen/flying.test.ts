import { expect, test } from 'vitest'
import { flying } from './flying'

test('a few reactions of each kind fly, mixed, and unknown kinds do not', () => {
  const counts = [
    { reaction: 'STAR', count: 2 },
    { reaction: 'CONFETTI', count: 9 },
    { reaction: 'FIRE', count: 20 },
  ]
  expect(flying(counts)).toEqual(['FIRE', 'STAR', 'FIRE', 'STAR', 'FIRE', 'FIRE'])
  expect(flying([])).toEqual([])
})
