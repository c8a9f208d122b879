import type { ReactNode } from 'react'
import type { PlaybackFieldsFragment } from '../api/generated'
import { useText } from '../text/text'
import { Progress } from '../ui/Progress'
import { Cover } from '../ui/SongLine'
import { SpotifyLink } from '../ui/SpotifyLink'
import { Sheet } from './Sheet'
import { AddedBy, OpenInSpotify, SongHead } from './SongSheet'
import { usePhoneText } from './text'

/** The song that plays, as a bar above the tabs. A tap opens the sheet. */
export function NowBar({ playback, onOpen }: { playback: PlaybackFieldsFragment | undefined; onOpen: () => void }) {
  const text = useText()
  const own = usePhoneText()
  const song = playback?.song
  if (!playback || !song) return <p className="now-bar quiet">{playback ? text.nothingPlays : text.loading}</p>
  return (
    <section className="now-bar song-row" aria-label={own.nowPlaying}>
      <Cover song={song} size={48} />
      <div className="song-details">
        <div className="song-title">
          <bdi className="song-name">{song.name}</bdi>
        </div>
        <div className="song-line">
          <SpotifyLink song={song} />
          <span className="artists">
            <bdi>{text.by(song.artists)}</bdi>
          </span>
          {playback.status === 'PAUSED' && <span className="badge">{text.paused}</span>}
        </div>
      </div>
      <Progress playing={playback} label={own.nowPlaying} isThin />
      <button type="button" className="row-open" aria-label={own.openPlaying} aria-haspopup="dialog" onClick={onOpen} />
    </section>
  )
}

interface SheetProps {
  playback: PlaybackFieldsFragment
  song: NonNullable<PlaybackFieldsFragment['song']>
  children: ReactNode // the reactions and the skip vote
  onClose: () => void
}

/** The song that plays: its cover, its progress, who added it, the reactions, and the skip vote. */
export function NowSheet({ playback, song, children, onClose }: SheetProps) {
  const text = useText()
  const own = usePhoneText()
  return (
    <Sheet label={own.nowPlaying} onClose={onClose}>
      <SongHead song={song} />
      <Progress playing={playback} label={own.nowPlaying} />
      {playback.status === 'PAUSED' ? <p className="quiet">{text.paused}</p> : playback.item && <AddedBy item={playback.item} />}
      {children}
      <OpenInSpotify song={song} />
    </Sheet>
  )
}
