import { Sheet } from './Sheet'
import { OpenInSpotify, SongHead } from './SongSheet'
import { usePhoneText } from './text'
import type { SearchHit } from './useSearch'
import type { Collection } from './useView'

interface Props {
  hit: SearchHit
  onShow: (of: Collection) => void
  onClose: () => void
}

/** The sheet of a found song, which leads to more songs of its artists and its album. */
export function HitSheet({ hit: { song }, onShow, onClose }: Props) {
  const own = usePhoneText()
  const [main] = song.artists
  return (
    <Sheet label={own.details(song.name)} onClose={onClose}>
      <SongHead song={song} />
      {song.artists.map((artist) => (
        <button key={artist} type="button" className="button" onClick={() => onShow({ artist, album: null })}>
          {own.songsBy(artist)}
        </button>
      ))}
      {main && song.albumName && (
        <button type="button" className="button" onClick={() => onShow({ artist: main, album: song.albumName })}>
          {own.songsOn(song.albumName)}
        </button>
      )}
      <OpenInSpotify song={song} />
    </Sheet>
  )
}
