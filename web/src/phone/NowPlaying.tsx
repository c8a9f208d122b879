import type { ReactNode } from 'react'
import type { PlaybackFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { Progress } from '../ui/Progress'
import { Cover, SongDetails } from '../ui/SongLine'
import { usePhoneText } from './text'

interface Props {
  playback: PlaybackFieldsFragment | undefined
  children?: ReactNode // the skip vote
}

/** The song that plays, and its progress. */
export function NowPlaying({ playback, children }: Props) {
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
  const status = playback.status === 'PAUSED' ? text.paused : playback.item && text.addedBy(playback.item.addedBy?.displayName)
  return (
    <section className="card playing" aria-label={own.nowPlaying}>
      <Cover song={song} size={96} />
      <SongDetails song={song} more={<span>{status}</span>}>
        <Progress playing={playback} label={own.nowPlaying} />
      </SongDetails>
      {children}
    </section>
  )
}
