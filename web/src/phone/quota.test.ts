import { describe, expect, it } from 'vitest'
import { addable, limitOf, obstacle } from './quota'

const guest = (quota = {}) => ({
  role: 'GUEST' as const,
  quota: { queued: 2, maxQueued: null, addsLeft: null, refillsAt: null, ...quota },
})
const early = { lastCall: false, refill: false }
const open = { requestsOpen: true }

describe('what keeps a guest from adding', () => {
  it.each([
    ['nothing, where there are no limits', guest(), open, early, null],
    ['nothing that is known before the room is', guest(), undefined, early, null],
    ['the host', guest(), { requestsOpen: false }, early, 'REQUESTS_CLOSED'],
    ['the last call', guest(), open, { ...early, lastCall: true }, 'LAST_CALL'],
    ['as many songs as may wait', guest({ maxQueued: 2 }), open, early, 'TOO_MANY_QUEUED'],
    ['not one less', guest({ maxQueued: 3 }), open, early, null],
    ['as many as may be added', guest({ addsLeft: 0 }), open, early, 'TOO_MANY_ADDED'],
    ['until the next may be', guest({ addsLeft: 0 }), open, { ...early, refill: true }, null],
    ['nothing, who is a host', { ...guest(), role: 'COHOST' as const }, { requestsOpen: false }, early, null],
  ])('is %s', (_, viewer, settings, passed, want) => {
    expect(limitOf(viewer, settings, passed)).toBe(want)
  })
})

describe('how many songs a guest can still add', () => {
  it.each([
    ['is not counted without a limit of adds', { maxQueued: 3 }, false, null],
    ['is what is left of it', { addsLeft: 4 }, false, 4],
    ['is no more than there is room for', { addsLeft: 4, maxQueued: 3 }, false, 1],
    ['is none once too many wait, as after the limit was lowered', { addsLeft: 4, maxQueued: 1 }, false, 0],
    ['is none before the next may be added', { addsLeft: 0 }, false, 0],
    ['is one from then on', { addsLeft: 0 }, true, 1],
  ])('%s', (_, quota, refilled, want) => {
    expect(addable(guest(quota).quota, refilled)).toBe(want)
  })
})

describe('why a song cannot be added', () => {
  it.each([
    ['nothing', undefined, null, null],
    ['what is wrong with it', 'EXPLICIT', 'LAST_CALL', 'EXPLICIT'],
    ['what came up since it was found', undefined, 'TOO_MANY_QUEUED', 'TOO_MANY_QUEUED'],
    ['nothing any more', 'TOO_MANY_QUEUED', null, null],
  ] as const)('is %s', (_, found, limit, want) => {
    expect(obstacle(found, limit)).toBe(want)
  })
})
