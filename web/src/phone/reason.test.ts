import { describe, expect, it } from 'vitest'
import { en as text } from '../text/en'
import { de } from './de'
import { en } from './en'
import { canComeSooner, kindOf, why } from './reason'

const song = { state: 'QUEUED', refusal: null, pin: null, addedBy: { id: 'gina', displayName: 'Gina' }, likeCount: 2 } as const
const times = { itemId: 'song', earliest: '2026-01-01T20:00:00Z', likely: '2026-01-01T20:07:00Z' }
const entry = (reason: string) => ({ ...times, reason, message: 'The server has its reasons.' }) as never

describe('a song in the queue', () => {
  it.each([
    ['one like others', song, 'usual'],
    ['fallback music', { ...song, addedBy: null, likeCount: 0 }, 'fallback'],
    ['what somebody likes, wherever it is from', { ...song, addedBy: null }, 'usual'],
    ['pinned', { ...song, pin: { until: 'PLAYED', likes: null } }, 'pinned'],
    ['held, also when it is pinned', { ...song, refusal: { reason: 'EXPLICIT', message: '' }, pin: { until: 'PLAYED' } }, 'held'],
    ['next, whatever the rules say by now', { ...song, state: 'COMMITTED', refusal: { reason: 'EXPLICIT' } }, 'committed'],
    ['waiting for the host', { ...song, state: 'AWAITING_APPROVAL' }, 'awaiting'],
  ])('is %s', (_, item, kind) => {
    expect(kindOf(item as never)).toBe(kind)
  })

  it('tells why it stands there, in the page’s language and the room’s order', () => {
    expect(why(text, en, song, entry('LIKES'), false)).toBe('2 likes put it here.')
    expect(why(text, en, song, entry('LIKES'), true)).toContain('2 likes, shared')
    expect(why(text, de, song, entry('TURN'), false)).toContain('Reihum')
    expect(why(text, en, { ...song, pin: { until: 'OVERTAKEN', likes: 3 } }, entry('PINNED'), false)).toContain('3 likes more')
  })

  it('takes the server’s word for reasons that are newer than the page', () => {
    expect(why(text, de, song, entry('MOON_PHASE'), false)).toBe('The server has its reasons.')
  })

  it('may come sooner, if likes can carry it by a minute or more', () => {
    expect(canComeSooner(entry('AGE'))).toBe(true)
    expect(canComeSooner({ ...(entry('AGE') as object), likely: '2026-01-01T20:00:59Z' } as never)).toBe(false)
  })
})
