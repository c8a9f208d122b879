/** The link to or URI of a Spotify track in a text, as addSong accepts it; null if there is none. */
export function linkIn(text: string): string | null {
  const found = text.match(
    /spotify:track:[0-9A-Za-z]{22}|https?:\/\/open\.spotify\.com\/(?:intl-[a-z-]+\/)?track\/[0-9A-Za-z]{22}\S*/,
  )
  return found ? found[0] : null
}
