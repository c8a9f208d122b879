import { type ReactNode, useEffect, useReducer } from 'react'
import type { PlaybackFieldsFragment } from '../api/generated'
import { server } from '../api/server'
import { length } from '../text/format'
import { usePageText, useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { progressOf } from '../ui/Progress'
import { Explicit, type Song } from '../ui/SongLine'
import { SpotifyMark } from '../ui/SpotifyMark'
import { de } from './de'
import { en } from './en'
import { Likes } from './Likes'

interface Props {
  playback: PlaybackFieldsFragment
  children: ReactNode // what moves beside the cover
}

/** The song that plays: its cover, its details, and its progress. */
export function Now({ playback, children }: Props) {
  const text = useText()
  const own = usePageText({ en, de })
  const { song, item } = playback
  if (!song) {
    return (
      <section className="now silent">
        <p>{own.silence}</p>
      </section>
    )
  }
  return (
    <section className="now">
      <div className="now-top">
        <LargeCover song={song} />
        {children}
      </div>
      <div className="now-details">
        <h2 className="now-title" data-long={song.name.length > 36}>
          {song.name}
        </h2>
        <p className="now-artists">
          {text.by(song.artists)} {song.explicit && <Explicit />}
        </p>
        <div className="now-line">
          {item?.addedBy && <Avatar id={item.addedBy.id} name={item.addedBy.displayName} />}
          {item && <span className="now-by">{text.addedBy(item.addedBy?.displayName)}</span>}
          {item && <Likes count={item.likeCount} />}
          <SpotifyLink song={song} />
        </div>
        {playback.skipVotes > 0 && (
          <p className="votes" role="status">
            {own.votes(playback.skipVotes, playback.skipVotesNeeded)}
          </p>
        )}
      </div>
      <ProgressBar key={song.uri} playback={playback} />
    </section>
  )
}

function LargeCover({ song }: { song: Song }) {
  return song.imageUrl ? (
    <img key={song.imageUrl} className="cover now-cover" src={song.imageUrl} alt="" decoding="async" />
  ) : (
    <div className="cover now-cover" />
  )
}

function SpotifyLink({ song }: { song: Song }) {
  const text = useText()
  return (
    <a className="spotify" href={song.spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(song.name)}>
      <SpotifyMark />
      <span>{song.spotifyUrl.replace(/^https:\/\/([^/]+).*/, '$1')}</span>
    </a>
  )
}

/** Updates every second. In between, CSS moves the bar to where it will be at the next update. */
function ProgressBar({ playback }: { playback: PlaybackFieldsFragment }) {
  const text = useText()
  const own = usePageText({ en, de })
  const [, tick] = useReducer((n: number) => n + 1, 0)
  const isPlaying = playback.status === 'PLAYING'
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isPlaying])
  const total = playback.song?.durationMs ?? 0
  const now = server.clock.now()
  const done = progressOf(playback, now)
  const doneNext = progressOf(playback, now + 1000)
  return (
    <div className="progress-bar">
      <div
        className="progress"
        role="progressbar"
        aria-label={own.progress}
        aria-valuemax={Math.round(total / 1000)}
        aria-valuenow={Math.round(done / 1000)}
      >
        <div style={{ transform: `scaleX(${total ? doneNext / total : 0})` }} />
      </div>
      <p className="progress-times">
        <span>{length(done)}</span>
        {playback.status === 'PAUSED' && (
          <span className="paused">
            <span aria-hidden="true">❚❚</span> {text.paused}
          </span>
        )}
        <span>{length(total)}</span>
      </p>
    </div>
  )
}
