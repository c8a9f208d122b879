import { expect, it } from 'vitest'
import { fillIn, learn, missingPlaceholder } from './placeholders'
import { tabsFor } from './tabs'

const tabs = tabsFor('', 'demo')

it.each([
  ['a placeholder', { roomId: 'ROOM_ID' }, { roomId: 'r1' }],
  ['nested placeholders', { input: [{ note: 'to ROOM_ID, ITEM_ID' }] }, { input: [{ note: 'to r1, i1' }] }],
  [
    'other values unchanged',
    { code: 'PARTY', other: 'NOT_KNOWN', n: 7, no: null },
    { code: 'PARTY', other: 'NOT_KNOWN', n: 7, no: null },
  ],
  ['nothing inside longer words', { a: 'MY_ROOM_ID', b: 'ROOM_IDS' }, { a: 'MY_ROOM_ID', b: 'ROOM_IDS' }],
  ['missing variables', undefined, {}],
])('fills in %s', (_, value, want) => {
  expect(fillIn(value, { ROOM_ID: 'r1', ITEM_ID: 'i1' })).toEqual(want)
})

it.each([
  ['a room', { createRoom: { id: 'r2', code: 'NEW' } }, { ROOM_ID: 'r2', ROOM_CODE: 'NEW' }],
  [
    'a song that can be added',
    {
      searchSongs: {
        nodes: [
          { canAdd: false, song: { uri: 's1' } },
          { canAdd: true, song: { uri: 's2' } },
        ],
      },
    },
    { SONG_URI: 's2' },
  ],
  ['the first song, if canAdd was not selected', { searchSongs: { nodes: [{ song: { uri: 's1' } }] } }, { SONG_URI: 's1' }],
  ['nothing from an empty answer', { searchSongs: { nodes: [] } }, {}],
  ['nothing that was not selected', { joinRoom: {} }, {}],
])('learns %s, and keeps the rest', (_, data, want) => {
  const known = { ROOM_ID: 'r1', ROOM_CODE: 'OLD', SONG_URI: 's0' }
  expect(learn(known, tabs, data)).toEqual({ ...known, ...want })
})

it('says which tab has to be run first', () => {
  expect(missingPlaceholder({ songUri: 'SONG_URI' }, tabs)).toContain('searchSongs')
  expect(missingPlaceholder({ roomId: 'r1', words: 'NOT_OURS' }, tabs)).toBeNull()
})
