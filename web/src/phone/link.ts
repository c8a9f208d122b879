/** The Spotify track that a text is a link to or the URI of, as addSong takes it; null if it is none. */
export function linkIn(text: string): string | null {
  const found = text.match(
    /spotify:track:[0-9A-Za-z]{22}|https?:\/\/open\.spotify\.com\/(?:intl-[a-z-]+\/)?track\/[0-9A-Za-z]{22}\S*/,
  )
  return found ? found[0] : null
}
