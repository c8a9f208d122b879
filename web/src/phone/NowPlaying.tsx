import type { ReactNode } from 'react'
import type { PlaybackFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { Progress } from '../ui/Progress'
import { Cover, SongWords } from '../ui/SongLine'
import { usePhoneText } from './text'

interface Props {
  playback: PlaybackFieldsFragment | undefined
  children?: ReactNode // what can be done about it
}

/** What plays, and how far it has come. */
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
  const from = playback.status === 'PAUSED' ? text.paused : playback.item && text.addedBy(playback.item.addedBy?.displayName)
  return (
    <section className="card playing" aria-label={own.nowPlaying}>
      <Cover song={song} size={96} />
      <SongWords song={song} more={<span>{from}</span>}>
        <Progress playing={playback} label={own.nowPlaying} />
      </SongWords>
      {children}
    </section>
  )
}
