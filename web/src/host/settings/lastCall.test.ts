import { expect, test } from 'vitest'
import { clockAt, nextAt } from './lastCall'

const evening = new Date(2026, 4, 31, 22, 15).getTime()

test('the last call is later today, or tomorrow', () => {
  expect(nextAt('23:30', evening)).toEqual(new Date(2026, 4, 31, 23, 30))
  expect(nextAt('01:05', evening)).toEqual(new Date(2026, 5, 1, 1, 5))
  expect(nextAt('22:15', evening)).toEqual(new Date(2026, 5, 1, 22, 15))
})

test('a moment is a time of day', () => {
  expect(clockAt(new Date(2026, 4, 31, 9, 5).toISOString())).toBe('09:05')
})
