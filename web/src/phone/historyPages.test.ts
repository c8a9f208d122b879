import { describe, expect, it } from 'vitest'
import { type Page, withNewer, withOlder } from './historyPages'

const page = (cursors: string, hasMore = false): Page => ({ edges: [...cursors].map((cursor) => ({ cursor })) as never, hasMore })
const shown = ({ edges, hasMore }: Page) => edges.map(({ cursor }) => cursor).join('') + (hasMore ? '…' : '')

describe('the list of what was played', () => {
  it.each([
    ['at first', page(''), page('cb', true), 'cb…'],
    ['when one more was played', page('cba'), page('dc', true), 'dcba'],
    ['when nothing was', page('cba', true), page('cb', true), 'cba…'],
    ['when so much was that there is a gap', page('cba'), page('zy', true), 'zy…'],
    ['when there was nothing and is nothing', page(''), page(''), ''],
  ])('is renewed %s', (_, known, newer, want) => {
    expect(shown(withNewer(known, newer))).toBe(want)
  })

  it('goes on where it ended', () => {
    expect(shown(withOlder(page('cb', true), page('a')))).toBe('cba')
  })
})
