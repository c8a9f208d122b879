import { describe, expect, it } from 'vitest'
import { type Action, type Entry, enqueue, isAdding, isRemoving, likeCount, likes, maxAge, restore } from './entries.ts'

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
    ['adds the first action', [], like('a'), [added(like('a'))]],
    ['appends to others', [waiting(like('a'))], like('b'), [waiting(like('a')), added(like('b'))]],
    ['a like cancels an unlike that was not sent', [waiting(unlike('a'))], like('a'), []],
    ['an unlike cancels a like that was not sent', [waiting(like('a'))], unlike('a'), []],
    [
      'and no other entry',
      [waiting(like('b')), waiting(like('a')), waiting(add('s'))],
      unlike('a'),
      [waiting(like('b')), waiting(add('s'))],
    ],
    ['a like that may have arrived needs an unlike', [sent(like('a'))], unlike('a'), [sent(like('a')), added(unlike('a'))]],
    ['the same action twice is sent once', [waiting(like('a'))], like('a'), [waiting(like('a'))]],
    ['the same song twice is sent once', [waiting(add('s'))], add('s'), [waiting(add('s'))]],
    ['the same action is added again after it was sent', [sent(like('a'))], like('a'), [sent(like('a')), added(like('a'))]],
    ['removing does not cancel a like', [waiting(like('a'))], remove('a'), [waiting(like('a')), added(remove('a'))]],
    ['the same undo twice is sent once', [waiting(undo('k'))], undo('k'), [waiting(undo('k'))]],
    ['undos of different actions are both sent', [waiting(undo('j'))], undo('k'), [waiting(undo('j')), added(undo('k'))]],
    ['an added song is not mistaken for an item', [waiting(like('x'))], add('x'), [waiting(like('x')), added(add('x'))]],
  ])('%s', (_, before, action, want) => {
    const copy = structuredClone(before)
    expect(enqueue(before, action, 'new', 2)).toEqual(want)
    expect(before).toEqual(copy)
  })
})

describe('likes', () => {
  it.each<[string, Entry[], boolean, boolean]>([
    ['uses the server’s value', [], true, true],
    ['shows a pending like', [waiting(like('a'))], false, true],
    ['shows a pending unlike', [sent(unlike('a'))], true, false],
    ['uses the last action', [sent(like('a')), waiting(unlike('a'))], false, false],
    ['ignores other items', [waiting(like('b'))], false, false],
    ['ignores other actions', [waiting(remove('a')), waiting(add('a'))], false, false],
  ])('%s', (_, entries, byServer, want) => {
    expect(likes(entries, 'a', byServer)).toBe(want)
  })
})

it('knows which songs are being removed and added', () => {
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
  const young: Entry = { key: 'k', action: add('s'), at: now - maxAge + 1, sent: true }
  it.each<[string, string | null, Entry[]]>([
    ['nothing', null, []],
    ['invalid JSON', '{', []],
    ['something other than a list', '{"key":"k"}', []],
    ['null', 'null', []],
    ['a valid entry', JSON.stringify([young]), [young]],
    ['without old entries', JSON.stringify([{ ...young, at: now - maxAge }, young]), [young]],
    [
      'without invalid entries',
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

it('shows the number of likes after a tap, until another number is received', () => {
  expect(likeCount([], 'a', 3)).toBe(3)
  expect(likeCount([sent(like('a'))], 'a', 3)).toBe(4)
  expect(likeCount([sent(like('a'))], 'a', 4)).toBe(4)
  expect(likeCount([sent(like('a'))], 'b', 3)).toBe(3)
  expect(likeCount([sent(like('a')), waiting(unlike('a'))], 'a', 3)).toBe(2)
})
