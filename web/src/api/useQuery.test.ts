import type { Answer, Operation } from '@antwon/client'
import { act } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { renderHook } from './renderHook'
import { useMutation } from './useMutation'
import { useQuery } from './useQuery'
import { useRetriedQuery } from './useRetriedQuery'

interface Song {
  name: string | null
}

const query = 'query' as Operation<Song, { id: string }>
const offline = { code: 'OFFLINE', message: 'the server cannot be reached' }

/** A server that answers a request only when the test tells it to, with the answer that the test gives. */
function slowServer() {
  const open: { id: string; answer: (answer: Answer<Song>) => Promise<void> }[] = []
  const request = (_: string, { id }: { id: string }) =>
    new Promise((resolve) => {
      const answer = (answer: Answer<Song>) => act(async () => resolve(answer))
      open.push({ id, answer })
    })
  return { open, client: { request: request as never } }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))

test('a query shows its answer, and the last one while it is fetched again', async () => {
  const { open, client } = slowServer()
  const { result } = await renderHook(client, (id: string) => useQuery(query, { id }), 'a')
  expect(result()).toEqual({ fetching: true, refetch: expect.any(Function) })
  await open.at(-1)?.answer({ data: { name: 'Africa' } })
  expect(result()).toMatchObject({ data: { name: 'Africa' }, fetching: false })

  await act(async () => void result().refetch())
  expect(result()).toMatchObject({ data: { name: 'Africa' }, fetching: true })
  await open.at(-1)?.answer({ failure: offline })
  expect(result()).toEqual({ failure: offline, fetching: false, refetch: expect.any(Function) })
})

test('answers to earlier requests and for other variables are dropped', async () => {
  const { open, client } = slowServer()
  const { result, render } = await renderHook(client, (id: string) => useQuery(query, { id }), 'a')
  const first = open.at(-1)
  await render('b')
  await first?.answer({ data: { name: 'Africa' } })
  expect(result()).toEqual({ fetching: true, refetch: expect.any(Function) })
  expect(open.at(-1)?.id).toBe('b')
  await open.at(-1)?.answer({ data: { name: 'Blue Monday' } })
  expect(result().data).toEqual({ name: 'Blue Monday' })

  await render('c')
  expect(result()).toEqual({ fetching: true, refetch: expect.any(Function) })
})

test('equal variables in a new object are not sent again', async () => {
  const { open, client } = slowServer()
  const { render } = await renderHook(client, (id: string) => useQuery(query, { id }), 'a')
  const sent = open.length
  await render('a')
  expect(open).toHaveLength(sent)
})

test('a query that a page needs is retried after each failure, however slow the answers are, until one is enough', async () => {
  const { open, client } = slowServer()
  const isEnough = ({ name }: Song) => name !== null
  const { result, unmount } = await renderHook(client, (id: string) => useRetriedQuery(query, { id }, isEnough), 'a')
  const begun = open.length
  await pass(60_000)
  expect(open).toHaveLength(begun) // an answer is still awaited

  await open.at(-1)?.answer({ failure: offline })
  expect(result().failure).toEqual(offline)
  await pass(3_000)
  expect(open).toHaveLength(begun + 1)
  await open.at(-1)?.answer({ data: { name: null }, failure: { ...offline, code: 'RATE_LIMITED', retryAfterMs: 9_000 } })
  await pass(8_000)
  expect(open).toHaveLength(begun + 1)
  await pass(1_000)
  expect(open).toHaveLength(begun + 2)

  await open.at(-1)?.answer({ data: { name: 'Africa' }, failure: offline })
  expect(result()).toMatchObject({ data: { name: 'Africa' }, failure: undefined })
  await pass(60_000)
  await unmount()
  expect(open).toHaveLength(begun + 2)
})

test('a component that is gone sends no retries', async () => {
  const { open, client } = slowServer()
  const { unmount } = await renderHook(client, (id: string) => useRetriedQuery(query, { id }), 'a')
  await open.at(-1)?.answer({ failure: offline })
  const sent = open.length
  await unmount()
  await pass(60_000)
  expect(open).toHaveLength(sent)
})

test('a mutation is sent when it is called, and shows its state', async () => {
  const { open, client } = slowServer()
  const { result } = await renderHook(client, () => useMutation(query), undefined)
  expect(open).toHaveLength(0)
  let answered: Answer<Song> | undefined
  const send = () => act(async () => void result()[1]({ id: 'a' }).then((answer) => (answered = answer)))
  await send()
  expect(result()[0]).toEqual({ fetching: true })
  await open[0]?.answer({ failure: offline })
  expect(answered).toEqual({ failure: offline })
  expect(result()[0]).toEqual({ failure: offline, fetching: false })
  await send()
  expect(result()[0]).toEqual({ fetching: true })
})
