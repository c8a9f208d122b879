import { expect, test } from 'vitest'
import { nextTimeOfDay, timeOfDayAt } from './lastCall'

const evening = new Date(2026, 4, 31, 22, 15).getTime()

test('the last call is later today, or tomorrow', () => {
  expect(nextTimeOfDay('23:30', evening)).toEqual(new Date(2026, 4, 31, 23, 30))
  expect(nextTimeOfDay('01:05', evening)).toEqual(new Date(2026, 5, 1, 1, 5))
  expect(nextTimeOfDay('22:15', evening)).toEqual(new Date(2026, 5, 1, 22, 15))
})

test('a moment becomes a local time of day', () => {
  expect(timeOfDayAt(new Date(2026, 4, 31, 9, 5).toISOString())).toBe('09:05')
})
