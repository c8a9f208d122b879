import type { ReactNode } from 'react'
import type { SongFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { SpotifyMark } from './SpotifyMark'

export type Song = SongFieldsFragment

/** A cover, uncropped and with nothing on top, as Spotify's rules require. The song's name stands beside it, so alt is empty. */
export function Cover({ song, size }: { song: Song; size: number }) {
  return song.imageUrl ? (
    <img className="cover" src={song.imageUrl} alt="" width={size} height={size} loading="lazy" decoding="async" />
  ) : (
    <div className="cover" style={{ width: size, height: size }} />
  )
}

/** The song's name, linked to Spotify as its rules require. */
function SongName({ song }: { song: Song }) {
  const text = useText()
  return (
    <div className="song-name">
      <a href={song.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(song.name)}>
        <bdi>{song.name}</bdi>
      </a>
    </div>
  )
}

/** A song's name, artists and other details, with Spotify's logo. */
export function SongDetails({ song, more, children }: { song: Song; more?: ReactNode; children?: ReactNode }) {
  const text = useText()
  return (
    <div className="song-details">
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
  below?: ReactNode // below the details
  children?: ReactNode
}

/** A song in a list, with its buttons as children. */
export function SongLine({ song, more, below, children }: LineProps) {
  return (
    <div className="song">
      <Cover song={song} size={56} />
      <SongDetails song={song} more={more}>
        {below}
      </SongDetails>
      {children}
    </div>
  )
}

export function Explicit() {
  const text = useText()
  return (
    <span className="badge" title={text.explicit}>
      <span aria-hidden="true">E</span>
      <span className="visually-hidden">{text.explicit}</span>
    </span>
  )
}
