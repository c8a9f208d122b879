import type { ReactNode } from 'react'
import { useText } from '../text/text'
import { Cover, Explicit, type Song } from './SongLine'
import { SpotifyLink } from './SpotifyLink'

interface Props {
  song: Song
  openLabel?: string
  onOpen?: () => void // what a tap on the row does; undefined: nothing
  detail?: ReactNode // at the end of the second line
  children?: ReactNode // the buttons at the end of the row
}

/** A song in a list, in two lines: its name, then Spotify's logo, the artists and one more detail. */
export function Row({ song, openLabel, onOpen, detail, children }: Props) {
  const text = useText()
  return (
    <div className="song-row">
      <Cover song={song} size={48} />
      <div className="song-details">
        <div className="song-title">
          <bdi className="song-name">{song.name}</bdi>
          {song.explicit && <Explicit />}
        </div>
        <div className="song-line">
          <SpotifyLink song={song} />
          <span className="artists">
            <bdi>{text.by(song.artists)}</bdi>
          </span>
          {detail}
        </div>
      </div>
      {onOpen && <button type="button" className="row-open" aria-label={openLabel} aria-haspopup="dialog" onClick={onOpen} />}
      {children}
    </div>
  )
}
