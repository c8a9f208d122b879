import { describe, expect, it } from 'vitest'
import { limitOf, obstacle } from './quota'

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
