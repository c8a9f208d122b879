import { browserStorage } from '@antwon/client'
import { expect, test } from 'vitest'
import { forgetQueue, lastQueue } from './lastQueue'

const now = 1_800_000_000_000
const day = 24 * 60 * 60 * 1000

test.each([
  ['nothing', null, false],
  ['a queue', JSON.stringify({ at: now - day + 1, name: 'Party', songs: [] }), true],
  ['one of yesterday', JSON.stringify({ at: now - day, name: 'Party', songs: [] }), false],
  ['something else', '{"at": 1800000000000}', false],
  ['invalid JSON', '{', false],
])('reads %s', (_, stored, isThere) => {
  if (stored) browserStorage.setItem('antwon.queue.PARTY', stored)
  else browserStorage.removeItem('antwon.queue.PARTY')
  expect(lastQueue('PARTY', now) !== null).toBe(isThere)
})

test('can be forgotten', () => {
  browserStorage.setItem('antwon.queue.PARTY', JSON.stringify({ at: now, name: 'Party', songs: [] }))
  forgetQueue('PARTY')
  expect(lastQueue('PARTY', now)).toBe(null)
})
