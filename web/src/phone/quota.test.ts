import { describe, expect, it } from 'vitest'
import { addable, limitOf, refusalFor } from './quota'

const guest = (quota = {}) => ({
  role: 'GUEST' as const,
  quota: { queued: 2, maxQueued: null, addsLeft: null, refillsAt: null, ...quota },
})
const early = { opening: true, lastCall: false, refilled: false }
const open = { requestsOpen: true, guestPlaylistUri: null, guestPlaylistUse: 'ADD' as const }
const onlyLikes = { ...open, guestPlaylistUri: 'spotify:playlist:x', guestPlaylistUse: 'LIKE' as const }

describe('the limit on a guest’s adding', () => {
  it.each([
    ['nothing, in a room without limits', guest(), open, early, null],
    ['nothing, before the room is loaded', guest(), undefined, early, null],
    ['closed requests', guest(), { ...open, requestsOpen: false }, early, 'REQUESTS_CLOSED'],
    ['the opening of requests', guest(), open, { ...early, opening: false }, 'NOT_OPEN_YET'],
    ['liking, where guests only like', guest(), onlyLikes, early, 'ONLY_LIKES'],
    ['nothing, where guests add from a playlist', guest(), { ...onlyLikes, guestPlaylistUse: 'ADD' as const }, early, null],
    ['the last call', guest(), open, { ...early, lastCall: true }, 'LAST_CALL'],
    ['the number of waiting songs', guest({ maxQueued: 2 }), open, early, 'TOO_MANY_QUEUED'],
    ['nothing, one song below that', guest({ maxQueued: 3 }), open, early, null],
    ['the number of added songs', guest({ addsLeft: 0 }), open, early, 'TOO_MANY_ADDED'],
    ['nothing, once that has refilled', guest({ addsLeft: 0 }), open, { ...early, refilled: true }, null],
    ['nothing, for a host', { ...guest(), role: 'COHOST' as const }, { ...open, requestsOpen: false }, early, null],
  ])('is %s', (_, viewer, settings, passed, want) => {
    expect(limitOf(viewer, settings, passed)).toBe(want)
  })
})

describe('the number of songs that a guest can still add', () => {
  it.each([
    ['is unknown without a limit on adds', { maxQueued: 3 }, false, null],
    ['is what is left of that limit', { addsLeft: 4 }, false, 4],
    ['is at most what can wait in the queue', { addsLeft: 4, maxQueued: 3 }, false, 1],
    ['is 0 when too many wait, as after the limit was lowered', { addsLeft: 4, maxQueued: 1 }, false, 0],
    ['is 0 before the refill', { addsLeft: 0 }, false, 0],
    ['is 1 after the refill', { addsLeft: 0 }, true, 1],
  ])('%s', (_, quota, refilled, want) => {
    expect(addable(guest(quota).quota, refilled)).toBe(want)
  })
})

describe('the refusal of a song', () => {
  it.each([
    ['none', undefined, null, null],
    ['the search’s, if it is about the song', 'EXPLICIT', 'LAST_CALL', 'EXPLICIT'],
    ['the limit that came up after the search', undefined, 'TOO_MANY_QUEUED', 'TOO_MANY_QUEUED'],
    ['none, once the limit is gone', 'TOO_MANY_QUEUED', null, null],
  ] as const)('is %s', (_, found, limit, want) => {
    expect(refusalFor(found, limit)).toBe(want)
  })
})
