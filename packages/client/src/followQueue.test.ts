import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { GraphQLErrorLike } from './errors.ts'
import { type Change, followQueue, type Subscriber } from './followQueue.ts'

type Item = { id: string; likeCount?: number }
type Event = { data?: { roomQueueChanges: Change<Item> }; errors?: GraphQLErrorLike[] }

const failed = (code: string): GraphQLErrorLike[] => [{ message: code, extensions: { code } }]
const event = (change: Partial<Change<Item>> & { version: number }): Event => ({
  data: { roomQueueChanges: { reset: false, removedIds: [], moved: [], order: null, upserted: [], likes: [], ...change } },
})
const everything = (version: number, ...ids: string[]): Event =>
  event({ version, reset: true, order: ids, upserted: ids.map((id) => ({ id })) })
const nothing = (version: number): Event => event({ version })

/**
 * Follows a queue by one subscription after the other: events, and an Error or a list of GraphQL errors to end with, or
 * nothing. No server ends subscriptions on request.
 */
function follow(subscriptions: (Event | Error | GraphQLErrorLike[])[][], status = 'OPEN') {
  const asked: unknown[] = []
  async function* iterate({ query, variables }: Parameters<Subscriber['iterate']>[0]): ReturnType<Subscriber['iterate']> {
    if (query.startsWith('query')) {
      yield { data: { room: { status } } }
      return
    }
    asked.push(variables?.since)
    for (const event of subscriptions.shift() ?? []) {
      if (event instanceof Error || Array.isArray(event)) throw event
      yield event
    }
  }
  const seen: string[] = []
  const { ended, stop } = followQueue<Item>({ iterate }, 'room', ({ version, order }) => seen.push(version + order.join('')))
  const outcome = ended.then(
    () => 'closed',
    (error: unknown) => error,
  )
  return { asked, seen, outcome, stop }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('after an unexpected end or a transient error, it resumes from the version that it has', async () => {
  const gone = new Error('gone')
  const { asked, seen, outcome } = follow([
    [everything(3, 'a', 'b'), nothing(4)],
    [failed('INTERNAL_SERVER_ERROR')],
    [{ errors: failed('RATE_LIMITED') }],
    [nothing(7), gone],
  ])
  await vi.runAllTimersAsync()
  expect(await outcome).toBe(gone)
  expect(asked).toEqual([null, 4, 4, 4])
  expect(seen).toEqual(['3ab', '4ab', '7ab'])
})

test('it waits before it subscribes again, and longer after each failure', async () => {
  const refusals = Array.from({ length: 5 }, () => [failed('UPSTREAM_UNAVAILABLE')])
  const { asked, stop } = follow(refusals)
  await vi.advanceTimersByTimeAsync(499) // half of the first second at least
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_001)
  expect(asked).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(asked.length).toBeLessThanOrEqual(3)
  stop()
  await vi.runAllTimersAsync()
  expect(asked.length).toBeLessThanOrEqual(3)
})

test('a closed room ends the subscription', async () => {
  const { asked, outcome } = follow([[everything(3)]], 'CLOSED')
  expect(await outcome).toBe('closed')
  expect(asked).toEqual([null])
})

test('a refusal is final', async () => {
  const { asked, outcome } = follow([[failed('FORBIDDEN')]])
  expect(await outcome).toEqual(failed('FORBIDDEN'))
  expect(asked).toEqual([null])
})

test('changes are applied as the schema says', async () => {
  const added = [{ id: 'e' }, { id: 'd' }]
  const moved = [
    { itemId: 'd', position: 1 },
    { itemId: 'e', position: 3 },
  ]
  const events = [
    everything(1, 'a', 'b', 'c', 'd'),
    event({ version: 2, removedIds: ['b', 'unknown'], upserted: added, moved }),
    event({ version: 3, removedIds: ['a'], order: ['c', 'e', 'd'] }),
  ]
  const { seen, outcome } = follow([events], 'CLOSED')
  await outcome
  expect(seen).toEqual(['1abcd', '2daec', '3ced'])
})

test('a change of likes alone sets them, and keeps the rest of the item', async () => {
  const before = { id: 'a', likeCount: 1, name: 'A' }
  const liked = event({
    version: 2,
    likes: [
      { itemId: 'a', likeCount: 2 },
      { itemId: 'unknown', likeCount: 1 },
    ],
  })
  const subscription = [event({ version: 1, reset: true, order: ['a'], upserted: [before] }), liked]
  async function* iterate({ query }: Parameters<Subscriber['iterate']>[0]): ReturnType<Subscriber['iterate']> {
    if (query.startsWith('query')) yield { data: { room: { status: 'CLOSED' } } }
    else yield* subscription
  }
  const seen: unknown[] = []
  await followQueue<Item>({ iterate }, 'room', ({ items }) => seen.push([...items.values()])).ended
  expect(seen).toEqual([[before], [{ ...before, likeCount: 2 }]])
  expect(before.likeCount).toBe(1) // a changed item is a new object
})
