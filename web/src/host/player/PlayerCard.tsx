import { useText } from '../../text/text'
import { Progress } from '../../ui/Progress'
import { Cover, type Song, SongWords } from '../../ui/SongLine'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import type { Playback, Player } from './usePlayer'

/** What plays and where, and the buttons of a player. */
export function PlayerCard({ playback, player, onDevices }: { playback: Playback; player: Player; onDevices: () => void }) {
  const text = useText()
  const own = useHostText()
  const { song, status, device } = playback
  const plays = status === 'PLAYING'
  const busy = player.busy !== null
  return (
    <section className="card stack" id="player" aria-labelledby="player-heading">
      <h2 id="player-heading" className="spoken">
        {own.sections.player}
      </h2>
      {song ? (
        <Playing playback={playback} song={song} />
      ) : (
        <p className="quiet">{plays ? own.player.sound : text.nothingPlays}</p>
      )}
      <p role="status" className={playback.skipVotes > 0 ? undefined : 'spoken'}>
        {playback.skipVotes > 0 && playback.skipVotesNeeded > 0 && own.player.votes(playback.skipVotes, playback.skipVotesNeeded)}
      </p>
      <div className="buttons player">
        <Button look="main" busy={busy} onClick={plays ? player.pause : player.play}>
          <Sign path={plays ? pauseSign : playSign} />
          {plays ? own.player.pause : own.player.play}
        </Button>
        <Button busy={busy || status === 'IDLE'} onClick={player.skip}>
          <Sign path={skipSign} />
          {own.player.skip}
        </Button>
        <Button onClick={onDevices}>{own.player.choose}</Button>
      </div>
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
  const from = playback.item ? text.addedBy(playback.item.addedBy?.displayName) : own.foreign
  return (
    <>
      <div className="playing">
        <Cover song={song} size={96} />
        <SongWords song={song} more={<span>{playback.status === 'PAUSED' ? `${text.paused} · ${from}` : from}</span>} />
      </div>
      <Progress playing={playback} label={own.progress} />
    </>
  )
}

const playSign = 'M7 4v16l13-8z'
const pauseSign = 'M6 4h4v16H6zM14 4h4v16h-4z'
const skipSign = 'M5 4v16l10-8zM16 4h3v16h-3z'

const Sign = ({ path }: { path: string }) => (
  <svg width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
    <path d={path} />
  </svg>
)
