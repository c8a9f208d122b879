import { expect, test } from 'vitest'
import { newLikes } from './newLikes'

test('only likes that came in count: not those taken back, nor those of new songs', () => {
  const item = (id: string, likeCount: number) => ({ id, likeCount })
  expect(newLikes([item('a', 1), item('b', 4)], [item('b', 6), item('a', 0), item('c', 9)])).toBe(2)
  expect(newLikes([], [item('a', 3)])).toBe(0)
})
