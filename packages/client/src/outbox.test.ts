import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { likes } from './entries.ts'
import { offline } from './errors.ts'
import { Outbox, type Outcome } from './outbox.ts'
import type { Connection } from './socket.ts'
import { Store } from './store.ts'

type Result = { data?: unknown; failure?: unknown }

const done: Result = { data: { likeQueueItem: { id: 'song' } } }
const unreachable: Result = { failure: offline }
const refused = (code: string, more = {}): Result => ({ failure: { code, message: code, ...more } })

/** An outbox with a server that gives these answers, in turn, and the browser's storage. */
function setUp(...answers: Result[]) {
  const sent: { key: string; itemId?: string; of?: string }[] = []
  const stored = new Map<string, string>()
  const outcomes: Outcome[] = []
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  }
  const request = (_: unknown, variables: { key: string }) => {
    sent.push(variables)
    return Promise.resolve(answers.shift() ?? done)
  }
  const connection = new Store<Connection>('connecting')
  const onOutcome = (outcome: Outcome) => outcomes.push(outcome)
  const open = () => new Outbox({ request, connection } as never, { roomId: 'room', userId: 'gina', onOutcome, storage })
  return { sent, stored, outcomes, connection, open }
}

const like = (itemId: string) => ({ kind: 'like' as const, itemId, name: itemId, before: 0, shown: 1 })
const unlike = (itemId: string) => ({ kind: 'unlike' as const, itemId, name: itemId, before: 1, shown: 0 })

describe('an action', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const advance = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  test('is sent in order, reported, and removed from the storage', async () => {
    const { sent, stored, outcomes, open } = setUp()
    const outbox = open()
    outbox.do(like('one'))
    outbox.do(like('two'))
    await advance()
    expect(sent.map(({ itemId }) => itemId)).toEqual(['one', 'two'])
    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, undefined])
    expect(stored.size).toBe(0)
  })

  test('is stored while the server is unreachable, and sent again with the same key', async () => {
    const { sent, outcomes, open } = setUp(unreachable, unreachable)
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    expect(outcomes).toEqual([])
    await advance(3_000)
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
    expect(outcomes).toHaveLength(1)
  })

  test('survives a reload of the page', async () => {
    const { sent, stored, open } = setUp(unreachable)
    const closed = open()
    closed.do(like('one'))
    await advance()
    closed.stop()
    expect(stored.size).toBe(1)
    const reopened = open()
    await reopened.flush()
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
    expect(sent).toHaveLength(2)
    expect(stored.size).toBe(0)
  })

  test('is retried after the time that the server asks for', async () => {
    const { sent, open } = setUp(refused('RATE_LIMITED', { retryAfterMs: 5_000 }))
    open().do(like('one'))
    await advance(4_900)
    expect(sent).toHaveLength(1)
    await advance(200)
    expect(sent).toHaveLength(2)
  })

  test('is reverted and reported when it is refused, and the next one is sent', async () => {
    const { sent, outcomes, open } = setUp(refused('REFUSED', { reason: 'COMMITTED' }))
    const outbox = open()
    outbox.do(like('one'))
    outbox.do(like('two'))
    await advance()
    expect(outcomes.map(({ failure }) => failure?.reason)).toEqual(['COMMITTED', undefined])
    expect(sent).toHaveLength(2)
    expect(outbox.entries.get().map(({ action, done }) => [action.name, done])).toEqual([['two', true]])
  })

  test('is shown until the subscriptions show it', async () => {
    const outbox = setUp().open()
    outbox.do(like('one'))
    await advance()
    expect(likes(outbox.entries.get(), 'one', false)).toBe(true)
    await advance(2_000)
    expect(outbox.entries.get()).toEqual([])
  })

  test('is stored beside the actions of another tab', async () => {
    const { stored, open } = setUp(unreachable, unreachable)
    const [first, second] = [open(), open()]
    first.do(like('one'))
    second.do(like('two'))
    await advance()
    const reopened = open()
    expect(reopened.entries.get().map(({ action }) => action.name)).toEqual(['one', 'two'])
    await advance(3_000)
    expect(stored.size).toBe(0)
  })

  test('is not sent after stop, until the same user is back', async () => {
    const { sent, open } = setUp(unreachable)
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    outbox.stop()
    await outbox.flush()
    await advance(60_000)
    expect(sent).toHaveLength(1)
    outbox.start()
    await advance()
    expect(sent).toHaveLength(2)
  })

  test('is sent as soon as the connection is back', async () => {
    const { sent, connection, open } = setUp(unreachable)
    const outbox = open()
    outbox.start()
    outbox.do(like('one'))
    await advance()
    connection.set('offline')
    await advance()
    expect(sent).toHaveLength(1)
    connection.set('online')
    await advance()
    expect(sent).toHaveLength(2)
  })

  test('that is cancelled before it was sent is not sent', async () => {
    const { sent, open } = setUp(unreachable)
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    outbox.do(like('two'))
    outbox.do(unlike('two'))
    outbox.do(unlike('one')) // "one" may have arrived, so the unlike has to be sent
    await advance(2_000)
    expect(sent.map(({ itemId }) => itemId)).toEqual(['one', 'one', 'one'])
  })
})

describe('the last action', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const advance = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  test('can be undone for a while, and disappears at once', async () => {
    const { sent, outcomes, open } = setUp()
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    expect(outcomes[0]?.undoable).toBe(true)
    outbox.undo()
    expect(outbox.undoable.get()).toBeNull()
    await advance()
    expect(sent.at(-1)).toEqual({ roomId: 'room', of: sent[0]?.key })
    expect(likes(outbox.entries.get(), 'one', false)).toBe(false)
    expect(outcomes.map(({ undoable }) => undoable)).toEqual([true, false])

    outbox.do(like('two'))
    await advance(27_000)
    expect(outbox.undoable.get()?.name).toBe('two')
    await advance(1_000)
    expect(outbox.undoable.get()).toBeNull()
  })

  test('cannot be undone if it was refused or if another one follows', async () => {
    const { outcomes, open } = setUp(done, done, refused('CONFLICT'))
    const outbox = open()
    outbox.do(like('one'))
    outbox.do(like('two'))
    await advance()
    expect(outcomes.map(({ undoable }) => undoable)).toEqual([false, true])
    outbox.do(like('three'))
    expect(outbox.undoable.get()).toBeNull()
    await advance()
    expect(outbox.undoable.get()).toBeNull()
  })

  test('is undone once the server is reachable, before the next action', async () => {
    const { sent, stored, outcomes, open } = setUp(done, unreachable)
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    outbox.undo()
    outbox.undo() // a second tap
    outbox.do(like('two'))
    await advance()
    expect(stored.size).toBe(1) // so it survives a reload
    await advance(3_000)
    expect(sent.map(({ itemId, of }) => itemId ?? of)).toEqual(['one', sent[0]?.key, sent[0]?.key, 'two'])
    expect(outcomes.map(({ action }) => action.kind)).toEqual(['like', 'undo', 'like'])
  })

  test('stays when it is too late to undo it', async () => {
    const { outcomes, open } = setUp(done, refused('CONFLICT'))
    const outbox = open()
    outbox.do(like('one'))
    await advance()
    outbox.undo()
    await advance()
    expect(outcomes.at(-1)).toMatchObject({ action: { kind: 'undo' }, failure: { code: 'CONFLICT' }, undoable: false })
    expect(likes(outbox.entries.get(), 'one', false)).toBe(true)
  })

  test('can be an add that became a like', async () => {
    const { sent, outcomes, open } = setUp({
      data: { addSong: { alreadyQueued: true, item: { id: 'one', song: { name: 'One' } } } },
    })
    const outbox = open()
    outbox.do({ kind: 'add', songUri: 'spotify:track:one', name: 'One' })
    await advance()
    expect(outcomes[0]).toMatchObject({ alreadyQueued: true, undoable: true })
    outbox.undo()
    await advance()
    expect(sent.at(-1)?.of).toBe(sent[0]?.key)
  })
})
