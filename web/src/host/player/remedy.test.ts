import { describe, expect, test } from 'vitest'
import { remedyFor } from './remedy'

describe('the remedy for a health problem', () => {
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
    ['A_NEWER_STATE', null, null],
    ['NOT_ALLOWED', 'A_NEWER_REASON', null],
  ])('%s %s', (state, reason, remedy) => {
    expect(remedyFor({ state, reason }, 'QUEUE')).toBe(remedy)
  })

  test('a room that already delivers by playlist only needs the host to press play', () => {
    expect(remedyFor({ state: 'NOT_ALLOWED', reason: 'NO_PREMIUM' }, 'PLAYLIST')).toBe('openSpotify')
  })
})
