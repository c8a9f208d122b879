import { expect, it } from 'vitest'
import type { Item } from '../../api/queue'
import { partOf } from './songState'

const song = (change: Partial<Item>) =>
  ({ id: '', state: 'QUEUED', addedBy: null, likeCount: 0, pin: null, refusal: null, ...change }) as Item

const gina = { id: 'gina', displayName: 'Gina' }
const refusal = { reason: 'TOO_LONG', message: '' } as const

it.each([
  ['of a guest', { addedBy: gina }, 'waiting'],
  ['of nobody', {}, 'fallback'],
  ['of nobody, that somebody likes', { likeCount: 1 }, 'waiting'],
  ['of nobody, that a host has pinned', { pin: { until: 'PLAYED', likes: null } }, 'waiting'],
  ['of nobody, that is next', { state: 'COMMITTED' }, 'waiting'],
  ['against a rule', { addedBy: gina, refusal }, 'held'],
  ['against a rule, but next already', { state: 'COMMITTED', refusal }, 'waiting'],
] as const)('a song %s', (_, change, want) => {
  expect(partOf(song(change))).toBe(want)
})
