import { expect, test } from 'vitest'
import { viewOf } from './useView'

test('a view is read from the address, and what is unknown there is ignored', () => {
  const read = (address: string) => viewOf(new URL(address, 'https://antwon.example/r/PARTY'))
  expect(read('')).toEqual({ tab: 'queue', query: '', sheet: null })
  expect(read('?tab=search&q=night%20song')).toEqual({ tab: 'search', query: 'night song', sheet: null })
  expect(read('?tab=mine#song=a%2Fb')).toEqual({ tab: 'mine', query: '', sheet: 'a/b' })
  expect(read('#playing')).toEqual({ tab: 'queue', query: '', sheet: 'playing' })
  expect(read('?tab=nonsense&q=#song=%E0%A4%A')).toEqual({ tab: 'queue', query: '', sheet: null })
})
