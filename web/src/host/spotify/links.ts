/** The page at Spotify of what has this URI. */
export function pageOf(uri: string): string {
  const [, kind, id] = uri.split(':')
  return `https://open.spotify.com/${kind}/${id}`
}

/** Whether a text can be what updateRoom takes: the URI of a playlist, or a link to one. */
export const isPlaylist = (text: string): boolean =>
  /^\s*(spotify:playlist:|https?:\/\/open\.spotify\.com\/(intl-[a-z-]+\/)?playlist\/)[0-9A-Za-z]+/.test(text)
