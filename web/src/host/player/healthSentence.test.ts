import { describe, expect, test } from 'vitest'
import { de } from '../text/de'
import { en } from '../text/en'
import { healthSentence } from './healthSentence'

const shown = (status: string, state: string, reason: string | null = null) => ({
  status,
  health: { state, reason, hostMessage: 'Update this page.' },
})

describe.each([
  ['English', en, 'press Play'],
  ['German', de, 'drück dann auf Abspielen'],
])('what the host reads in %s', (_, own, action) => {
  test('a paused song whose device is gone needs two steps', () => {
    expect(healthSentence(own, shown('PAUSED', 'DEVICE_LOST'))).toContain(action)
    expect(healthSentence(own, shown('PLAYING', 'DEVICE_LOST'))).toBe(own.health.DEVICE_LOST)
  })

  test('a reason is more precise than the state', () => {
    expect(healthSentence(own, shown('PAUSED', 'DEVICE_LOST', 'CHOOSE_DEVICE'))).toBe(own.reason.CHOOSE_DEVICE)
  })

  test('a newer reason or state has a sentence, too', () => {
    expect(healthSentence(own, shown('IDLE', 'DEVICE_LOST', 'A_NEWER_REASON'))).toBe(own.health.DEVICE_LOST)
    expect(healthSentence(own, shown('IDLE', 'A_NEWER_STATE'))).toBe('Update this page.')
  })
})
