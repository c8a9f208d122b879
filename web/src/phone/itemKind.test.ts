import { expect, it } from 'vitest'
import { itemKind } from './itemKind'

const song = { state: 'QUEUED', refusal: null, pin: null, addedBy: { id: 'gina', displayName: 'Gina' }, likeCount: 2 } as const

it.each([
  ['is normal', song, 'normal'],
  ['of the fallback is marked', { ...song, addedBy: null, likeCount: 0 }, 'fallback'],
  ['of the fallback is normal once it has a like', { ...song, addedBy: null }, 'normal'],
  ['is pinned', { ...song, pin: { until: 'PLAYED', likes: null } }, 'pinned'],
  ['is held even if it is pinned', { ...song, refusal: { reason: 'EXPLICIT', message: '' }, pin: { until: 'PLAYED' } }, 'held'],
  ['is committed, whatever the rules say', { ...song, state: 'COMMITTED', refusal: { reason: 'EXPLICIT' } }, 'committed'],
  ['waits for the host', { ...song, state: 'AWAITING_APPROVAL' }, 'awaiting'],
])('a song %s', (_, item, kind) => {
  expect(itemKind(item as never)).toBe(kind)
})
