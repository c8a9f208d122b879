/** The page at Spotify of a playlist with this URI. */
export const playlistPage = (uri: string): string => `https://open.spotify.com/playlist/${uri.split(':').at(-1)}`

/** Whether a text can be what updateRoom takes: the URI of a playlist, or a link to one. */
export const isPlaylist = (text: string): boolean =>
  /^\s*(spotify:playlist:|https?:\/\/open\.spotify\.com\/(intl-[a-z-]+\/)?playlist\/)[0-9A-Za-z]+/.test(text)
