import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pulse } from './pulse.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function open(): { pulse: Pulse; silences: () => number } {
  let silences = 0
  const pulse = new Pulse(() => silences++)
  pulse.opened({ send: () => {} })
  return { pulse, silences: () => silences }
}

/** A ping of the keep-alive that is answered after a while. */
function answered(pulse: Pulse, after: number): void {
  pulse.expectPong()
  vi.advanceTimersByTime(after)
  pulse.pong()
}

test('a WebSocket that does not answer an urgent ping within two seconds is silent', () => {
  const { pulse, silences } = open()
  answered(pulse, 50)
  pulse.ask()
  vi.advanceTimersByTime(1_999)
  expect(silences()).toBe(0)
  vi.advanceTimersByTime(1)
  expect(silences()).toBe(1)
})

test('a network whose answers took long gets three times as long, but never more than ten seconds', () => {
  const { pulse, silences } = open()
  answered(pulse, 1_500)
  pulse.ask()
  vi.advanceTimersByTime(4_400)
  expect(silences()).toBe(0)
  pulse.pong()
  answered(pulse, 9_000)
  pulse.ask()
  vi.advanceTimersByTime(10_000)
  expect(silences()).toBe(1)
})

test('a page that could not run when the answer was due waits once more', () => {
  const { pulse, silences } = open()
  pulse.ask()
  vi.setSystemTime(Date.now() + 1_000) // while nothing runs
  vi.advanceTimersByTime(2_000)
  expect(silences()).toBe(0)
  pulse.pong()
  vi.advanceTimersByTime(60_000)
  expect(silences()).toBe(0)
})

test('a page whose timers are always late gives up nevertheless', () => {
  const { pulse, silences } = open()
  pulse.ask()
  for (let n = 0; n < 2; n++) {
    vi.setSystemTime(Date.now() + 1_000)
    vi.advanceTimersByTime(2_000)
  }
  expect(silences()).toBe(1)
})
