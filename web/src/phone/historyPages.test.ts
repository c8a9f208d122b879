import { describe, expect, it } from 'vitest'
import { type Page, withNewer, withOlder } from './historyPages'

const page = (cursors: string, hasMore = false): Page => ({ edges: [...cursors].map((cursor) => ({ cursor })) as never, hasMore })
const shown = ({ edges, hasMore }: Page) => edges.map(({ cursor }) => cursor).join('') + (hasMore ? '…' : '')

describe('the history', () => {
  it.each([
    ['when it is empty', page(''), page('cb', true), 'cb…'],
    ['when one more song was played', page('cba'), page('dc', true), 'dcba'],
    ['when no song was played', page('cba', true), page('cb', true), 'cba…'],
    ['when so many were played that there is a gap', page('cba'), page('zy', true), 'zy…'],
    ['when it stays empty', page(''), page(''), ''],
  ])('is refreshed %s', (_, known, newer, want) => {
    expect(shown(withNewer(known, newer))).toBe(want)
  })

  it('continues with earlier songs', () => {
    expect(shown(withOlder(page('cb', true), page('a')))).toBe('cba')
  })
})
