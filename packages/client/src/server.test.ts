import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { operations } from './index.ts'
import { Server } from './server.ts'

afterEach(() => void vi.useRealTimers())

test('an answer that stops in the middle counts as none after 15 seconds, so that it is asked for again', async () => {
  const network = createServer((_, response) => void response.write('{"data":')).listen(0, '127.0.0.1')
  onTestFinished(() => {
    network.closeAllConnections()
    network.close()
  })
  await once(network, 'listening')
  const server = new Server(`http://127.0.0.1:${(network.address() as AddressInfo).port}`)
  const begun = new Promise<void>((resolve) => vi.spyOn(server.clock, 'note').mockImplementation(() => resolve()))

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const answer = server.post(operations.refreshSession, {})
  await begun
  vi.advanceTimersByTime(15_000)
  expect((await answer).failure?.code).toBe('OFFLINE')
})
