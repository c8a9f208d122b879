import { useEffect, useReducer } from 'react'
import type { PlaybackFieldsFragment } from '../api/generated'
import { server } from '../api/server'
import { length } from '../text/format'

type Playing = Pick<PlaybackFieldsFragment, 'status' | 'progressMs' | 'observedAt' | 'song'>

/** The progress of a song now, in milliseconds: the last observation plus the time since then. */
export function progressOf({ status, progressMs, observedAt, song }: Playing, now: number): number {
  const since = status === 'PLAYING' ? now - Date.parse(observedAt) : 0
  return Math.min(Math.max(0, (progressMs ?? 0) + since), song?.durationMs ?? 0)
}

interface Props {
  playing: Playing
  label: string
  isThin?: boolean // without the times
}

/** A song's progress, updated every second. */
export function Progress({ playing, label, isThin = false }: Props) {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  const isPlaying = playing.status === 'PLAYING'
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isPlaying])
  const total = playing.song?.durationMs ?? 0
  const done = progressOf(playing, server.clock.now())
  return (
    <div className={isThin ? 'progress-line' : 'song-line'}>
      {!isThin && <span>{length(done)}</span>}
      <div
        className="progress"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.round(total / 1000)}
        aria-valuenow={Math.round(done / 1000)}
      >
        <div style={{ transform: `scaleX(${total ? done / total : 0})` }} />
      </div>
      {!isThin && <span>{length(total)}</span>}
    </div>
  )
}
