import { expect, test } from 'vitest'
import { isPlaylist, playlistPage } from './playlist'

test('a playlist is known by its URI, or a link to it', () => {
  expect(isPlaylist(' spotify:playlist:37i9dQZF1DXcBWIGoYBM5M ')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M?si=abc')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/intl-de/playlist/37i9dQZF1DXcBWIGoYBM5M')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/track/37i9dQZF1DXcBWIGoYBM5M')).toBe(false)
  expect(isPlaylist('my favourites')).toBe(false)
  expect(playlistPage('spotify:playlist:37i9dQZF1DXcBWIGoYBM5M')).toBe('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M')
})
