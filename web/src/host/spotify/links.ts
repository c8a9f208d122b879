export const spotifyApp = 'https://open.spotify.com/'
export const dashboard = 'https://developer.spotify.com/dashboard'

/** The Spotify page of a song, artist or playlist, by its URI. */
export function pageOf(uri: string): string {
  const [, kind, id] = uri.split(':')
  return `${spotifyApp}${kind}/${id}`
}

/**
 * The console's address at which Spotify can be connected, or null if it can be connected at this one: Spotify sends
 * browsers back to https addresses and to the server's own machine only.
 */
export function consoleForConnecting({ protocol, hostname, port }: Pick<Location, 'protocol' | 'hostname' | 'port'>) {
  if (protocol === 'https:' || hostname === 'localhost' || hostname.startsWith('127.')) return null
  return `http://127.0.0.1${port && `:${port}`}/host`
}

/** Whether a text is the URI of a playlist or a link to one, as updateRoom accepts it. */
export const isPlaylist = (text: string): boolean =>
  /^\s*(spotify:playlist:|https?:\/\/open\.spotify\.com\/(intl-[a-z-]+\/)?playlist\/)[0-9A-Za-z]+/.test(text)
