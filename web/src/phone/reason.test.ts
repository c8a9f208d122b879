import { describe, expect, it } from 'vitest'
import { en as text } from '../text/en'
import { de } from './de'
import { en } from './en'
import { canPlaySooner, reasonText } from './reason'

const song = { likeCount: 2, pin: null, addedBy: { id: 'gina', displayName: 'Gina' } }
const times = { itemId: 'song', earliest: '2026-01-01T20:00:00Z', likely: '2026-01-01T20:07:00Z' }
const entry = (reason: string) => ({ ...times, reason, message: 'The server has its reasons.' }) as never

describe('the reason for the place of a song', () => {
  it('depends on the page’s language and the room’s order', () => {
    expect(reasonText(text, en, song, entry('LIKES'), false)).toBe('It has 2 likes.')
    expect(reasonText(text, en, song, entry('LIKES'), true)).toContain('Likes count less')
    expect(reasonText(text, de, song, entry('TURN'), false)).toContain('reihum')
    const pinned = { ...song, pin: { until: 'OVERTAKEN', likes: 3 } } as const
    expect(reasonText(text, en, pinned, entry('PINNED'), false)).toContain('3 more likes')
  })

  it('names the guest who is away', () => {
    expect(reasonText(text, en, song, entry('AWAY'), false)).toContain('because Gina is away')
  })

  it('is the server’s message where the page does not know the reason', () => {
    expect(reasonText(text, de, song, entry('MOON_PHASE'), false)).toBe('The server has its reasons.')
  })
})

it('a song can play sooner if likes gain it a minute or more', () => {
  expect(canPlaySooner(entry('AGE'))).toBe(true)
  expect(canPlaySooner({ ...(entry('AGE') as object), likely: '2026-01-01T20:00:59Z' } as never)).toBe(false)
})
