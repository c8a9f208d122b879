import type { Operation } from '@antwon/client'
import { act } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { renderHook } from './renderHook'
import { useRetriedSubscription } from './useRetriedSubscription'

interface Sink {
  next: (result: { data?: unknown; errors?: unknown[] }) => void
  error: (error: unknown) => void
}

const query = 'subscription' as Operation<{ likes: number }, { id: string }>

/** The subscriptions that are open at a server. */
function server() {
  const open: (Sink & { id: string })[] = []
  const subscribe = ({ variables }: { variables: { id: string } }, sink: Sink) => {
    const subscription = { id: variables.id, next: act1(sink.next), error: act1(sink.error) }
    open.push(subscription)
    return () => void open.splice(open.indexOf(subscription), 1)
  }
  return { open, client: { socket: { subscribe } as never } }
}

const act1 =
  <T>(call: (argument: T) => void) =>
  (argument: T) =>
    act(() => call(argument))

const follow = ({ id, pause = false }: { id: string; pause?: boolean }) => useRetriedSubscription(query, { id }, pause)

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))

const refusal = (code: string, more = {}) => [{ message: 'no', extensions: { code, ...more } }]

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('one subscription is open, also in strict mode, and none once the component is gone', async () => {
  const { open, client } = server()
  const { result, render, unmount } = await renderHook(client, follow, { id: 'a' })
  expect(open).toHaveLength(1)
  expect(result()).toEqual({})
  open[0]?.next({ data: { likes: 1 } })
  open[0]?.next({ data: { likes: 2 } })
  expect(result().data).toEqual({ likes: 2 })
  await render({ id: 'a' })
  expect(open).toHaveLength(1)
  await unmount()
  expect(open).toHaveLength(0)
})

test('other variables end the subscription, and its answers are not shown for them', async () => {
  const { open, client } = server()
  const { result, render } = await renderHook(client, follow, { id: 'a' })
  open[0]?.next({ data: { likes: 1 } })
  await render({ id: 'b' })
  expect(open.map(({ id }) => id)).toEqual(['b'])
  expect(result()).toEqual({})
})

test('a pause ends the subscription, and keeps what was shown', async () => {
  const { open, client } = server()
  const { result, render } = await renderHook(client, follow, { id: 'a', pause: true })
  expect(open).toHaveLength(0)
  await render({ id: 'a' })
  open[0]?.next({ data: { likes: 1 } })
  await render({ id: 'a', pause: true })
  expect(open).toHaveLength(0)
  expect(result().data).toEqual({ likes: 1 })
  await render({ id: 'a' })
  expect(open).toHaveLength(1)
})

test('transient failures are retried when the server says, and lost connections after three seconds', async () => {
  const { open, client } = server()
  const { result } = await renderHook(client, follow, { id: 'a' })
  open[0]?.error(refusal('RATE_LIMITED', { retryAfterMs: 9_000 }))
  expect(result().failure).toMatchObject({ code: 'RATE_LIMITED' })
  expect(open).toHaveLength(0)
  await pass(8_999)
  expect(open).toHaveLength(0)
  await pass(1)
  expect(open).toHaveLength(1)

  for (let n = 0; n < 3; n++) {
    open[0]?.error(new Event('close'))
    expect(result().failure?.code).toBe('OFFLINE')
    await pass(3_000)
    expect(open).toHaveLength(1)
  }
  open[0]?.next({ errors: refusal('INTERNAL_SERVER_ERROR') })
  await pass(3_000)
  open[0]?.next({ data: { likes: 1 } })
  expect(result()).toEqual({ data: { likes: 1 }, failure: undefined })
})

test('a refusal is final', async () => {
  const { open, client } = server()
  const { result } = await renderHook(client, follow, { id: 'a' })
  const [subscription] = open
  subscription?.error(refusal('FORBIDDEN'))
  open.length = 0 // the server has ended it
  await pass(60_000)
  expect(result().failure?.code).toBe('FORBIDDEN')
  expect(open).toHaveLength(0)
})

test('a component that is gone does not subscribe again', async () => {
  const { open, client } = server()
  const { unmount } = await renderHook(client, follow, { id: 'a' })
  open[0]?.error(refusal('RATE_LIMITED'))
  await unmount()
  await pass(60_000)
  expect(open).toHaveLength(0)
})
