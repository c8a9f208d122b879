import { useText } from '../text/text'
import type { Song } from './SongLine'
import { SpotifyMark } from './SpotifyMark'

/** Spotify's logo, linked to the song there, as its rules require. The touch target is larger than the logo. */
export function SpotifyLink({ song }: { song: Song }) {
  const text = useText()
  return (
    <a
      className="spotify-link"
      href={song.spotifyUrl}
      target="_blank"
      rel="noreferrer"
      aria-label={text.openInSpotify(song.name)}
      title={text.openInSpotify(song.name)}
    >
      <SpotifyMark />
    </a>
  )
}
