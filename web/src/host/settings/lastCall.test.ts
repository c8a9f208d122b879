import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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

describe('on the nights when the clocks change in Berlin', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
  afterEach(() => void vi.unstubAllEnvs())

  test.each([
    // Set back: from 03:00 to 02:00, so the hour from 02:00 comes twice, at 00:00 and at 01:00 UTC.
    ['23:30 before it', '2026-10-24T20:00:00Z', '23:30', '2026-10-24T21:30:00Z'],
    ['02:30, chosen in the evening', '2026-10-24T20:00:00Z', '02:30', '2026-10-25T00:30:00Z'],
    ['02:30, chosen at 02:40 the first time', '2026-10-25T00:40:00Z', '02:30', '2026-10-25T01:30:00Z'],
    ['02:50, chosen at 02:40 the second time', '2026-10-25T01:40:00Z', '02:50', '2026-10-25T01:50:00Z'],
    ['02:30, chosen at 02:40 the second time', '2026-10-25T01:40:00Z', '02:30', '2026-10-26T01:30:00Z'],
    ['03:30, chosen in the evening', '2026-10-24T20:00:00Z', '03:30', '2026-10-25T02:30:00Z'],
    // Set forward: from 02:00 to 03:00, so there is no 02:30. An hour after 01:30 it is 03:30.
    ['02:30, which does not exist', '2026-03-28T22:00:00Z', '02:30', '2026-03-29T01:30:00Z'],
    ['02:30, chosen when it would have passed', '2026-03-29T01:40:00Z', '02:30', '2026-03-30T00:30:00Z'],
    ['03:30, chosen in the evening', '2026-03-28T22:00:00Z', '03:30', '2026-03-29T01:30:00Z'],
  ])('%s', (_, now, time, want) => {
    expect(nextTimeOfDay(time, Date.parse(now)).toISOString()).toBe(want.replace('Z', '.000Z'))
  })
})
