export const spotifyApp = 'https://open.spotify.com/'
export const dashboard = 'https://developer.spotify.com/dashboard'

/** The Spotify page of a song, artist or playlist, by its URI. */
export function pageOf(uri: string): string {
  const [, kind, id] = uri.split(':')
  return `${spotifyApp}${kind}/${id}`
}

/** Whether a text is the URI of a playlist or a link to one, as updateRoom accepts it. */
export const isPlaylist = (text: string): boolean =>
  /^\s*(spotify:playlist:|https?:\/\/open\.spotify\.com\/(intl-[a-z-]+\/)?playlist\/)[0-9A-Za-z]+/.test(text)
