import { useText } from '../../text/text'
import { Progress } from '../../ui/Progress'
import { Cover, type Song, SongDetails } from '../../ui/SongLine'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { Playback } from '../types'
import { Button } from '../ui/Button'
import type { Player } from './usePlayer'
import { Volume } from './Volume'

interface Props {
  roomId: string
  playback: Playback
  player: Player
  notify: Notify
  onDevices: () => void
}

/** The song that plays, its device, and the buttons to play, pause and skip. */
export function PlayerCard({ roomId, playback, player, notify, onDevices }: Props) {
  const text = useText()
  const own = useHostText()
  const { song, status, device } = playback
  const isPlaying = status === 'PLAYING'
  const busy = player.busy !== null
  return (
    <section className="card stack" id="player" aria-labelledby="player-heading">
      <h2 id="player-heading" className="visually-hidden">
        {own.sections.player}
      </h2>
      {song ? (
        <Playing playback={playback} song={song} />
      ) : (
        <p className="quiet">{isPlaying ? own.player.sound : text.nothingPlays}</p>
      )}
      <p role="status" className={playback.skipVotes > 0 ? undefined : 'visually-hidden'}>
        {playback.skipVotes > 0 && playback.skipVotesNeeded > 0 && own.player.votes(playback.skipVotes, playback.skipVotesNeeded)}
      </p>
      <div className="buttons player">
        <Button variant="main" busy={busy} onClick={isPlaying ? player.pause : player.play}>
          <Icon path={isPlaying ? pauseIcon : playIcon} />
          {isPlaying ? own.player.pause : own.player.play}
        </Button>
        <Button busy={busy || status === 'IDLE'} onClick={player.skip}>
          <Icon path={skipIcon} />
          {own.player.skip}
        </Button>
        <Button onClick={onDevices}>{own.player.choose}</Button>
      </div>
      <Volume roomId={roomId} device={device} notify={notify} />
      <p className="hint" role="status">
        {busy
          ? own.player.busy
          : `${device ? own.player.device(device.name) : own.player.noDevice}. ${own.player.delivery[playback.delivery]}`}
      </p>
    </section>
  )
}

function Playing({ playback, song }: { playback: Playback; song: Song }) {
  const text = useText()
  const own = useHostText().player
  const addedBy = playback.item ? text.addedBy(playback.item.addedBy?.displayName) : own.foreign
  return (
    <>
      <div className="playing">
        <Cover song={song} size={96} />
        <SongDetails song={song} more={<span>{playback.status === 'PAUSED' ? `${text.paused} · ${addedBy}` : addedBy}</span>} />
      </div>
      <Progress playing={playback} label={own.progress} />
    </>
  )
}

const playIcon = 'M7 4v16l13-8z'
const pauseIcon = 'M6 4h4v16H6zM14 4h4v16h-4z'
const skipIcon = 'M5 4v16l10-8zM16 4h3v16h-3z'

const Icon = ({ path }: { path: string }) => (
  <svg width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
    <path d={path} />
  </svg>
)
