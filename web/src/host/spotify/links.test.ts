import { expect, test } from 'vitest'
import { consoleForConnecting, isPlaylist, pageOf } from './links'

test('a playlist is known by its URI, or a link to it', () => {
  expect(isPlaylist(' spotify:playlist:37i9dQZF1DXcBWIGoYBM5M ')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M?si=abc')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/intl-de/playlist/37i9dQZF1DXcBWIGoYBM5M')).toBe(true)
  expect(isPlaylist('https://open.spotify.com/track/37i9dQZF1DXcBWIGoYBM5M')).toBe(false)
  expect(isPlaylist('my favourites')).toBe(false)
  expect(pageOf('spotify:playlist:37i9dQZF1DXcBWIGoYBM5M')).toBe('https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M')
  expect(pageOf('spotify:artist:4tZwfgrHOc3mvqYlEYSvVi')).toBe('https://open.spotify.com/artist/4tZwfgrHOc3mvqYlEYSvVi')
})

test.each([
  ['https://party.example.org/host', null],
  ['http://127.0.0.1:8080/host', null],
  ['http://localhost:8080/host', null],
  ['http://192.168.1.20:8080/host', 'http://127.0.0.1:8080/host'],
  ['http://party.local/host', 'http://127.0.0.1/host'],
])('at %s, Spotify is connected at %s', (address, want) => {
  expect(consoleForConnecting(new URL(address))).toBe(want)
})
