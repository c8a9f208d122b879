import { expect, it } from 'vitest'
import { length, timeOfDay } from './format'

it.each([
  [0, '0:00'],
  [999, '0:00'],
  [7_000, '0:07'],
  [187_400, '3:07'],
  [3_599_999, '59:59'],
  [3_600_000, '1:00:00'],
  [3_723_000, '1:02:03'],
  [-5_000, '0:00'],
])('%d ms are %s', (ms, want) => {
  expect(length(ms)).toBe(want)
})

it.each([
  ['de', /^20:05$/],
  ['en-GB', /^20:05$/],
  ['en-US', /^08:05\sPM$/],
])('the time of day in %s', (language, want) => {
  const evening = new Date(2026, 10, 25, 20, 5)
  expect(timeOfDay(evening, language.slice(0, 2), [language])).toMatch(want)
  expect(timeOfDay(evening.toISOString(), language.slice(0, 2), ['fr', language])).toMatch(want)
})
