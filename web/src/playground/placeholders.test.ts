import { expect, it } from 'vitest'
import { fillIn, learn, whatIsMissing } from './placeholders'
import { storyFor } from './tabs'

const story = storyFor('', 'demo')

it.each([
  ['a word', { roomId: 'ROOM_ID' }, { roomId: 'r1' }],
  ['words deep inside', { input: [{ note: 'to ROOM_ID, ITEM_ID' }] }, { input: [{ note: 'to r1, i1' }] }],
  [
    'what stands for nothing',
    { code: 'PARTY', other: 'NOT_KNOWN', n: 7, no: null },
    { code: 'PARTY', other: 'NOT_KNOWN', n: 7, no: null },
  ],
  ['a part of a word', { a: 'MY_ROOM_ID', b: 'ROOM_IDS' }, { a: 'MY_ROOM_ID', b: 'ROOM_IDS' }],
  ['no variables', undefined, {}],
])('fills in %s', (_, value, want) => {
  expect(fillIn(value, { ROOM_ID: 'r1', ITEM_ID: 'i1' })).toEqual(want)
})

it.each([
  ['a room', { createRoom: { id: 'r2', code: 'NEW' } }, { ROOM_ID: 'r2', ROOM_CODE: 'NEW' }],
  [
    'a song that can be added',
    {
      searchSongs: {
        hits: [
          { canAdd: false, song: { uri: 's1' } },
          { canAdd: true, song: { uri: 's2' } },
        ],
      },
    },
    { SONG_URI: 's2' },
  ],
  ['the first song, when nobody asked', { searchSongs: { hits: [{ song: { uri: 's1' } }] } }, { SONG_URI: 's1' }],
  ['nothing new', { searchSongs: { hits: [] } }, {}],
  ['nothing where it was not selected', { joinRoom: {} }, {}],
])('learns %s, and forgets nothing else', (_, data, want) => {
  const known = { ROOM_ID: 'r1', ROOM_CODE: 'OLD', SONG_URI: 's0' }
  expect(learn(known, story, data)).toEqual({ ...known, ...want })
})

it('says which tab has to be run first', () => {
  expect(whatIsMissing({ songUri: 'SONG_URI' }, story)).toContain('searchSongs')
  expect(whatIsMissing({ roomId: 'r1', words: 'NOT_OURS' }, story)).toBeNull()
})
