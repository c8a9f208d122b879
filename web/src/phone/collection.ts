import type { Collection } from './useView'

const maxQuery = 200 // characters, by the schema

/**
 * The search text for the songs of an artist or an album. A search at Spotify uses its field filters; a search in the host's
 * playlist, which the server does itself, gets the plain words.
 */
export function queryOf({ artist, album }: Collection, playlist: string | null): string {
  const most = album === null ? maxQuery - 20 : maxQuery / 2 - 20
  const [by, on] = [artist, album ?? ''].map((name) => [...name.replaceAll('"', ' ')].slice(0, most).join('').trim())
  if (playlist) return `${on} ${by}`.trim()
  return on ? `album:"${on}" artist:"${by}"` : `artist:"${by}"`
}
