import { expect, test } from 'vitest'
import { queryOf } from './collection'

const artist = 'Moss & Marble'

test('the songs of an artist or an album are found by Spotify’s filters, and in a playlist by the words', () => {
  expect(queryOf({ artist, album: null }, null)).toBe('artist:"Moss & Marble"')
  expect(queryOf({ artist, album: 'Say "Yes"' }, null)).toBe('album:"Say  Yes" artist:"Moss & Marble"')
  expect(queryOf({ artist, album: 'Night' }, 'spotify:playlist:x')).toBe('Night Moss & Marble')
  expect(queryOf({ artist, album: null }, 'spotify:playlist:x')).toBe('Moss & Marble')
})

test('a search for long names is as long as the server allows, and cuts no character in half', () => {
  const long = '😀'.repeat(500)
  for (const album of [null, long]) {
    const query = queryOf({ artist: long, album }, null)
    expect([...query].length).toBeLessThanOrEqual(200)
    expect(query).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
  }
})
