import { expect, test, vi } from 'vitest'
import { addressOf, viewOf } from './useView'

test('a view is read from the address, and unknown values there are ignored', () => {
  const read = (address: string) => viewOf(new URL(address, 'https://antwon.example/r/PARTY'))
  expect(read('')).toEqual({ tab: 'queue', query: '', of: null, sheet: null })
  expect(read('?tab=search&q=night%20song')).toEqual({ tab: 'search', query: 'night song', of: null, sheet: null })
  expect(read('?tab=search&q=night&artist=Mo%26Ma')).toEqual({
    tab: 'search',
    query: 'night',
    of: { artist: 'Mo&Ma', album: null },
    sheet: null,
  })
  expect(read('?artist=X')).toMatchObject({ tab: 'queue', of: null })
  expect(read('?tab=mine#song=a%2Fb')).toEqual({ tab: 'mine', query: '', of: null, sheet: 'a/b' })
  expect(read('#playing')).toEqual({ tab: 'queue', query: '', of: null, sheet: 'playing' })
  expect(read('?tab=nonsense&q=#song=%E0%A4%A')).toEqual({ tab: 'queue', query: '', of: null, sheet: null })
})

test('a view is read from its own address', () => {
  vi.stubGlobal('location', { pathname: '/r/PARTY' })
  for (const of of [null, { artist: 'Mo & Ma', album: null }, { artist: 'שיר', album: 'A=B#c' }]) {
    const view = { tab: 'search' as const, query: 'night', of, sheet: 'spotify:track:1' }
    expect(viewOf(new URL(addressOf(view), 'https://antwon.example/r/PARTY'))).toEqual(view)
  }
})
