import { describe, expect, test } from 'vitest'
import { mendOf } from './remedy'

describe('the one thing that mends a room', () => {
  test.each([
    ['OK', null, null],
    ['OK', 'PLAYLIST_IGNORED', null],
    ['NOTHING_TO_PLAY', null, 'addSongs'],
    ['DEVICE_LOST', null, 'devices'],
    ['DEVICE_LOST', 'CHOOSE_DEVICE', 'devices'],
    ['DEVICE_LOST', 'RESTRICTED', 'devices'],
    ['DEVICE_LOST', 'PRESS_PLAY', 'openSpotify'],
    ['HOST_TOOK_OVER', null, 'takeOver'],
    ['RECONNECT_NEEDED', null, 'connect'],
    ['RECONNECT_NEEDED', 'SCOPE', 'connect'],
    ['RECONNECT_NEEDED', 'NOT_CONNECTED', 'connect'],
    ['NOT_ALLOWED', null, null],
    ['NOT_ALLOWED', 'NOT_LISTED', 'dashboard'],
    ['NOT_ALLOWED', 'OWNER_PREMIUM', null],
    ['NOT_ALLOWED', 'NO_PREMIUM', 'usePlaylist'],
    ['COOLING_DOWN', 'QUOTA', null],
    ['UNREACHABLE', null, null],
    ['A_STATE_OF_LATER', null, null],
    ['NOT_ALLOWED', 'A_REASON_OF_LATER', null],
  ])('%s %s', (state, reason, mend) => {
    expect(mendOf({ state, reason }, 'QUEUE')).toBe(mend)
  })

  test('who plays by playlist already has only to press play on it', () => {
    expect(mendOf({ state: 'NOT_ALLOWED', reason: 'NO_PREMIUM' }, 'PLAYLIST')).toBe('openSpotify')
  })
})
