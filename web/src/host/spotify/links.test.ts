import { expect, test } from 'vitest'
import { isPlaylist, pageOf } from './links'

test('a playlist is known by its URI, or a link to it', () => {
  expect(isPlaylist(' spotify:playlist:37i9dQZF1DXcBWIGoYBM5M ')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M?si=abc')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/intl-de/playlist/37i9dQZF1DXcBWIGoYBM5M')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/track/37i9dQZF1DXcBWIGoYBM5M')).toBe(false)
  expect(isPlaylist('my favourites')).toBe(false)
  expect(pageOf('spotify:playlist:37i9dQZF1DXcBWIGoYBM5M')).toBe('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M')
  expect(pageOf('spotify:artist:4tZwfgrHOc3mvqYlEYSvVi')).toBe('https://open.spotify.com/artist/4tZwfgrHOc3mvqYlEYSvVi')
})
