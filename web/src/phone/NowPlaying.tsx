import type { PlaybackFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { Progress } from '../ui/Progress'
import { Cover, Explicit, SongName } from '../ui/SongLine'
import { SpotifyMark } from '../ui/SpotifyMark'
import { usePhoneText } from './text'

/** What plays, and how far it has come. */
export function NowPlaying({ playback }: { playback: PlaybackFieldsFragment | undefined }) {
  const text = useText()
  const own = usePhoneText()
  const song = playback?.song
  if (!playback || !song) {
    return (
      <section className="card" aria-label={own.nowPlaying}>
        <p className="quiet">{playback ? text.nothingPlays : text.loading}</p>
      </section>
    )
  }
  return (
    <section className="card playing" aria-label={own.nowPlaying}>
      <Cover song={song} size={96} />
      <div className="song-words">
        <SongName song={song} />
        <div className="song-line">
          <span>{text.by(song.artists)}</span>
          {song.explicit && <Explicit />}
        </div>
        <div className="song-line">
          <SpotifyMark />
          <span>
            {playback.status === 'PAUSED' ? text.paused : playback.item && text.addedBy(playback.item.addedBy?.displayName)}
          </span>
        </div>
        <Progress playing={playback} label={own.nowPlaying} />
      </div>
    </section>
  )
}
