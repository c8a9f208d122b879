import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { likes } from './outbox'
import { type Outcome, Sender } from './sender'

type Result = { data?: unknown; error?: unknown }

const done: Result = { data: { likeQueueItem: { id: 'song' } } }
const unreachable: Result = { error: { networkError: new Error('no network'), graphQLErrors: [] } }
const refused = (code: string, more = {}): Result => ({
  error: { graphQLErrors: [{ message: code, extensions: { code, ...more } }] },
})

/** A server that answers as told, in turn, and a browser's storage. */
function setUp(...answers: Result[]) {
  const sent: { key: string; itemId?: string; of?: string }[] = []
  const stored = new Map<string, string>()
  const outcomes: Outcome[] = []
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  }
  const mutation = (_: unknown, variables: { key: string }) => {
    sent.push(variables)
    return Promise.resolve(answers.shift() ?? done)
  }
  const open = () => new Sender({ mutation } as never, 'room', 'gina', (outcome) => outcomes.push(outcome), storage)
  return { sent, stored, outcomes, open }
}

const like = (itemId: string) => ({ kind: 'like' as const, itemId, name: itemId, before: 0, shown: 1 })
const unlike = (itemId: string) => ({ kind: 'unlike' as const, itemId, name: itemId, before: 1, shown: 0 })

describe('what somebody does', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  test('is sent in order, told, and forgotten', async () => {
    const { sent, stored, outcomes, open } = setUp()
    const sender = open()
    sender.do(like('one'))
    sender.do(like('two'))
    await settle()
    expect(sent.map(({ itemId }) => itemId)).toEqual(['one', 'two'])
    expect(outcomes.map(({ failure }) => failure)).toEqual([undefined, undefined])
    expect(stored.size).toBe(0)
  })

  test('is kept while nobody answers, and sent again with its key', async () => {
    const { sent, outcomes, open } = setUp(unreachable, unreachable)
    const sender = open()
    sender.do(like('one'))
    await settle()
    expect(outcomes).toEqual([])
    await settle(3_000)
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
    expect(outcomes).toHaveLength(1)
  })

  test('outlives the page', async () => {
    const { sent, stored, open } = setUp(unreachable)
    const closed = open()
    closed.do(like('one'))
    await settle()
    closed.stop()
    expect(stored.size).toBe(1)
    const reopened = open()
    await reopened.flush()
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
    expect(sent).toHaveLength(2)
    expect(stored.size).toBe(0)
  })

  test('waits as long as the server asks for', async () => {
    const { sent, open } = setUp(refused('RATE_LIMITED', { retryAfterMs: 5_000 }))
    open().do(like('one'))
    await settle(4_900)
    expect(sent).toHaveLength(1)
    await settle(200)
    expect(sent).toHaveLength(2)
  })

  test('is undone and told when it is refused, and what comes after it goes on', async () => {
    const { sent, outcomes, open } = setUp(refused('REFUSED', { reason: 'COMMITTED' }))
    const sender = open()
    sender.do(like('one'))
    sender.do(like('two'))
    await settle()
    expect(outcomes.map(({ failure }) => failure?.reason)).toEqual(['COMMITTED', undefined])
    expect(sent).toHaveLength(2)
    expect(sender.entries.get().map(({ action, done }) => [action.name, done])).toEqual([['two', true]])
  })

  test('is shown until what is subscribed to shows it', async () => {
    const sender = setUp().open()
    sender.do(like('one'))
    await settle()
    expect(likes(sender.entries.get(), 'one', false)).toBe(true)
    await settle(2_000)
    expect(sender.entries.get()).toEqual([])
  })

  test('is kept beside what another tab has left to send', async () => {
    const { stored, open } = setUp(unreachable, unreachable)
    const [first, second] = [open(), open()]
    first.do(like('one'))
    second.do(like('two'))
    await settle()
    const reopened = open()
    expect(reopened.entries.get().map(({ action }) => action.name)).toEqual(['one', 'two'])
    await settle(3_000)
    expect(stored.size).toBe(0)
  })

  test('is left to the same user once they are gone', async () => {
    const { sent, open } = setUp(unreachable)
    const sender = open()
    sender.do(like('one'))
    await settle()
    sender.stop()
    await sender.flush()
    await settle(60_000)
    expect(sent).toHaveLength(1)
    sender.start()
    await settle()
    expect(sent).toHaveLength(2)
  })

  test('and undoes before it was sent leaves nothing to send', async () => {
    const { sent, open } = setUp(unreachable)
    const sender = open()
    sender.do(like('one'))
    await settle()
    sender.do(like('two'))
    sender.do(unlike('two'))
    sender.do(unlike('one')) // "one" may have arrived, so its end has to be sent too
    await settle(2_000)
    expect(sent.map(({ itemId }) => itemId)).toEqual(['one', 'one', 'one'])
  })
})

describe('what was done last', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  test('can be taken back for a while, and shows at once that it was', async () => {
    const { sent, outcomes, open } = setUp()
    const sender = open()
    sender.do(like('one'))
    await settle()
    expect(outcomes[0]?.undoable).toBe(true)
    sender.undo()
    expect(sender.undoable.get()).toBeNull()
    await settle()
    expect(sent.at(-1)).toEqual({ roomId: 'room', of: sent[0]?.key })
    expect(likes(sender.entries.get(), 'one', false)).toBe(false)
    expect(outcomes.map(({ undoable }) => undoable)).toEqual([true, false])

    sender.do(like('two'))
    await settle(27_000)
    expect(sender.undoable.get()?.name).toBe('two')
    await settle(1_000)
    expect(sender.undoable.get()).toBeNull()
  })

  test('is that alone: neither what was refused, nor what is followed by more', async () => {
    const { outcomes, open } = setUp(done, done, refused('CONFLICT'))
    const sender = open()
    sender.do(like('one'))
    sender.do(like('two'))
    await settle()
    expect(outcomes.map(({ undoable }) => undoable)).toEqual([false, true])
    sender.do(like('three'))
    expect(sender.undoable.get()).toBeNull()
    await settle()
    expect(sender.undoable.get()).toBeNull()
  })

  test('is taken back once somebody answers, and what is done next comes after it', async () => {
    const { sent, stored, outcomes, open } = setUp(done, unreachable)
    const sender = open()
    sender.do(like('one'))
    await settle()
    sender.undo()
    sender.undo() // a second tap
    sender.do(like('two'))
    await settle()
    expect(stored.size).toBe(1) // a reload loses nothing
    await settle(3_000)
    expect(sent.map(({ itemId, of }) => itemId ?? of)).toEqual(['one', sent[0]?.key, sent[0]?.key, 'two'])
    expect(outcomes.map(({ action }) => action.kind)).toEqual(['like', 'undo', 'like'])
  })

  test('stays as it is where it cannot be taken back any more', async () => {
    const { outcomes, open } = setUp(done, refused('CONFLICT'))
    const sender = open()
    sender.do(like('one'))
    await settle()
    sender.undo()
    await settle()
    expect(outcomes.at(-1)).toMatchObject({ action: { kind: 'undo' }, failure: { code: 'CONFLICT' }, undoable: false })
    expect(likes(sender.entries.get(), 'one', false)).toBe(true)
  })

  test('may be an add that became a like', async () => {
    const { sent, outcomes, open } = setUp({
      data: { addSong: { alreadyQueued: true, item: { id: 'one', song: { name: 'One' } } } },
    })
    const sender = open()
    sender.do({ kind: 'add', songUri: 'spotify:track:one', name: 'One' })
    await settle()
    expect(outcomes[0]).toMatchObject({ alreadyQueued: true, undoable: true })
    sender.undo()
    await settle()
    expect(sent.at(-1)?.of).toBe(sent[0]?.key)
  })
})
