import { describe, expect, it } from 'vitest'
import { type Action, type Entry, enqueue, isAdding, isRemoving, keepFor, likeCount, likes, restore } from './outbox'

const like = (itemId: string): Action => ({ kind: 'like', itemId, name: itemId, before: 3, shown: 4 })
const unlike = (itemId: string): Action => ({ kind: 'unlike', itemId, name: itemId, before: 3, shown: 2 })
const remove = (itemId: string): Action => ({ kind: 'remove', itemId, name: itemId })
const add = (songUri: string): Action => ({ kind: 'add', songUri, name: songUri })
const undo = (of: string): Action => ({ kind: 'undo', of, name: of })

const waiting = (action: Action, key = 'old'): Entry => ({ key, action, at: 1, sent: false })
const sent = (action: Action, key = 'old'): Entry => ({ ...waiting(action, key), sent: true })
const added = (action: Action): Entry => ({ key: 'new', action, at: 2, sent: false })

describe('enqueue', () => {
  it.each<[string, Entry[], Action, Entry[]]>([
    ['the first', [], like('a'), [added(like('a'))]],
    ['behind others, in order', [waiting(like('a'))], like('b'), [waiting(like('a')), added(like('b'))]],
    ['a like takes back an unlike that was not sent', [waiting(unlike('a'))], like('a'), []],
    ['an unlike takes back a like that was not sent', [waiting(like('a'))], unlike('a'), []],
    [
      'and only that one',
      [waiting(like('b')), waiting(like('a')), waiting(add('s'))],
      unlike('a'),
      [waiting(like('b')), waiting(add('s'))],
    ],
    [
      'a like that may have arrived has to be taken back there',
      [sent(like('a'))],
      unlike('a'),
      [sent(like('a')), added(unlike('a'))],
    ],
    ['the same again changes nothing', [waiting(like('a'))], like('a'), [waiting(like('a'))]],
    ['the same song again changes nothing', [waiting(add('s'))], add('s'), [waiting(add('s'))]],
    ['the same again behind one that was sent', [sent(like('a'))], like('a'), [sent(like('a')), added(like('a'))]],
    ['removing is no contrary of liking', [waiting(like('a'))], remove('a'), [waiting(like('a')), added(remove('a'))]],
    ['the same taken back twice is taken back once', [waiting(undo('k'))], undo('k'), [waiting(undo('k'))]],
    ['taking back one thing is not another', [waiting(undo('j'))], undo('k'), [waiting(undo('j')), added(undo('k'))]],
    ['a song is no item', [waiting(like('x'))], add('x'), [waiting(like('x')), added(add('x'))]],
  ])('%s', (_, before, action, want) => {
    const copy = structuredClone(before)
    expect(enqueue(before, action, 'new', 2)).toEqual(want)
    expect(before).toEqual(copy)
  })
})

describe('likes', () => {
  it.each<[string, Entry[], boolean, boolean]>([
    ['what the server says', [], true, true],
    ['a like on its way', [waiting(like('a'))], false, true],
    ['an unlike on its way', [sent(unlike('a'))], true, false],
    ['the last word', [sent(like('a')), waiting(unlike('a'))], false, false],
    ['of this item', [waiting(like('b'))], false, false],
    ['and no other action', [waiting(remove('a')), waiting(add('a'))], false, false],
  ])('%s', (_, entries, byServer, want) => {
    expect(likes(entries, 'a', byServer)).toBe(want)
  })
})

it('knows what is being removed and added', () => {
  const entries = [sent(remove('a')), waiting(add('s'))]
  expect([isRemoving(entries, 'a'), isRemoving(entries, 's'), isAdding(entries, 's'), isAdding(entries, 'a')]).toEqual([
    true,
    false,
    true,
    false,
  ])
})

describe('restore', () => {
  const now = 1_800_000_000_000
  const young: Entry = { key: 'k', action: add('s'), at: now - keepFor + 1, sent: true }
  it.each<[string, string | null, Entry[]]>([
    ['nothing', null, []],
    ['no JSON', '{', []],
    ['no list', '{"key":"k"}', []],
    ['null', 'null', []],
    ['what is ours', JSON.stringify([young]), [young]],
    ['without what is too old', JSON.stringify([{ ...young, at: now - keepFor }, young]), [young]],
    [
      'without junk',
      JSON.stringify([
        null,
        7,
        'text',
        [],
        {},
        { key: 'k' },
        { key: 'k', at: now },
        { ...young, key: 7 },
        { ...young, action: {} },
        young,
      ]),
      [young],
    ],
  ])('%s', (_, text, want) => {
    expect(restore(text, now)).toEqual(want)
  })
})

it('shows what a tap made of the likes, until others are received', () => {
  expect(likeCount([], 'a', 3)).toBe(3)
  expect(likeCount([sent(like('a'))], 'a', 3)).toBe(4)
  expect(likeCount([sent(like('a'))], 'a', 4)).toBe(4)
  expect(likeCount([sent(like('a'))], 'b', 3)).toBe(3)
  expect(likeCount([sent(like('a')), waiting(unlike('a'))], 'a', 3)).toBe(2)
})
