import { expect, test } from 'vitest'
import type { Item } from '../api/queue'
import { suggestionsOf } from './suggestions'

const item = (uri: string, likeCount: number) => ({ song: { uri } as Item['song'], likeCount })
const uris = (hits: { song: { uri: string } }[]) => hits.map(({ song }) => song.uri)

test('the best liked songs come first, and each song once', () => {
  const { liked, played } = suggestionsOf([item('a', 0), item('b', 2), item('c', 5), item('a', 0), item('d', 0)])
  expect(uris(liked)).toEqual(['c', 'b'])
  expect(uris(played)).toEqual(['a', 'd'])
})

test('at most five songs count as the best liked', () => {
  const { liked, played } = suggestionsOf([1, 2, 3, 4, 5, 6, 7].map((likes) => item(`s${likes}`, likes)))
  expect(uris(liked)).toEqual(['s7', 's6', 's5', 's4', 's3'])
  expect(uris(played)).toEqual(['s1', 's2'])
})
