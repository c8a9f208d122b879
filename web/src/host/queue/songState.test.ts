import { expect, it } from 'vitest'
import type { Item } from '../../api/queue'
import { songStateOf } from './songState'

const song = (change: Partial<Item>) =>
  ({ id: '', state: 'QUEUED', addedBy: null, likeCount: 0, pin: null, refusal: null, ...change }) as Item

const gina = { id: 'gina', displayName: 'Gina' }
const refusal = { reason: 'TOO_LONG', message: '' } as const

it.each([
  ['of a guest', { addedBy: gina }, 'waiting'],
  ['from the fallback', {}, 'fallback'],
  ['from the fallback that has a like', { likeCount: 1 }, 'waiting'],
  ['from the fallback that a host pinned', { pin: { until: 'PLAYED', likes: null } }, 'waiting'],
  ['from the fallback that is committed', { state: 'COMMITTED' }, 'waiting'],
  ['that a rule holds back', { addedBy: gina, refusal }, 'held'],
  ['that is committed, whatever the rules say', { state: 'COMMITTED', refusal }, 'waiting'],
] as const)('a song %s', (_, change, want) => {
  expect(songStateOf(song(change))).toBe(want)
})
