import { expect, test } from 'vitest'
import { de } from './de'
import { en } from './en'
import { waitText } from './playTime'

test('the wait for a song is rounded to minutes', () => {
  const now = Date.parse('2026-11-29T20:00:00Z')
  const after = (seconds: number, own = en) => waitText(own, new Date(now + seconds * 1000).toISOString(), now)
  expect(after(-20)).toBe('in a moment')
  expect(after(29)).toBe('in a moment')
  expect(after(31)).toBe('in 1 min')
  expect(after(7 * 60 + 20)).toBe('in 7 min')
  expect(after(60 * 60)).toBe('in 1 h')
  expect(after(125 * 60)).toBe('in 2 h 5 min')
  expect(after(125 * 60, de)).toBe('in 2 h 5 min')
})
