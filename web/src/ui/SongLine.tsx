import type { ReactNode } from 'react'
import type { SongFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { SpotifyMark } from './SpotifyMark'

export type Song = SongFieldsFragment

/** A cover, uncropped and with nothing over it, as Spotify wants. Its words stand beside it, so it has none of its own. */
export function Cover({ song, size }: { song: Song; size: number }) {
  return song.imageUrl ? (
    <img className="cover" src={song.imageUrl} alt="" width={size} height={size} loading="lazy" decoding="async" />
  ) : (
    <div className="cover" style={{ width: size, height: size }} />
  )
}

/** The song's name with the link to Spotify that has to go with it. */
function SongName({ song }: { song: Song }) {
  const text = useText()
  return (
    <div className="song-name">
      <a href={song.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(song.name)}>
        {song.name}
      </a>
    </div>
  )
}

/** Name, artists, and what else is to be said of a song, with Spotify's logo. */
export function SongWords({ song, more, children }: { song: Song; more?: ReactNode; children?: ReactNode }) {
  const text = useText()
  return (
    <div className="song-words">
      <SongName song={song} />
      <div className="song-line">
        <SpotifyMark />
        <span>{text.by(song.artists)}</span>
        {song.explicit && <Explicit />}
      </div>
      {more && <div className="song-line">{more}</div>}
      {children}
    </div>
  )
}

interface LineProps {
  song: Song
  more?: ReactNode
  below?: ReactNode // what does not fit into a line
  children?: ReactNode
}

/** A song in a list, and what can be done with it. */
export function SongLine({ song, more, below, children }: LineProps) {
  return (
    <div className="song">
      <Cover song={song} size={56} />
      <SongWords song={song} more={more}>
        {below}
      </SongWords>
      {children}
    </div>
  )
}

export function Explicit() {
  const text = useText()
  return (
    <span className="badge" title={text.explicit}>
      <span aria-hidden="true">E</span>
      <span className="spoken">{text.explicit}</span>
    </span>
  )
}
