import { type RoomHealthReason, type RoomHealthState, UpdateRoomDocument } from '../../api/generated'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import type { Tell } from '../../ui/Toasts'
import type { LiveRoom } from '../room/Console'
import type { Account } from '../spotify/useConnectSpotify'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useDoing } from '../ui/useMutate'
import { dashboard, type Mend, mendOf, spotifyApp } from './remedy'
import type { Playback, Player } from './usePlayer'

interface Props {
  room: LiveRoom
  playback: Playback
  player: Player
  account: Account | undefined
  tell: Tell
  onDevices: () => void
}

/** Whether the music can go on, in one sentence, and the one thing to do about it. */
export function Health(props: Props) {
  const { health, delivery } = props.playback
  const mend = mendOf(health, delivery)
  const fine = health.state === 'OK'
  const grave = !fine && health.state !== 'NOTHING_TO_PLAY' && health.state !== 'HOST_TOOK_OVER'
  return (
    <div className={fine ? 'health quiet' : `health notice ${grave ? 'bad' : ''}`}>
      <p role="status">
        {fine && <span aria-hidden="true">✓ </span>}
        <Sentence health={health} />
      </p>
      {mend && <Remedy {...props} mend={mend} />}
    </div>
  )
}

function Sentence({ health }: { health: Playback['health'] }) {
  const text = useText()
  const own = useHostText()
  const language = useLanguage()
  const reason = health.reason && own.reason[health.reason as RoomHealthReason]
  const said = reason ?? own.health[health.state as RoomHealthState] ?? health.hostMessage
  return health.until ? `${said} ${text.until(timeOfDay(health.until, language))}` : said
}

function Remedy({ room, player, account, tell, onDevices, mend }: Props & { mend: Mend }) {
  const own = useHostText()
  const { busy, act } = useDoing(tell)
  const link = { openSpotify: spotifyApp, dashboard, addSongs: `/r/${room.code}` } as Partial<Record<Mend, string>>
  if (link[mend]) {
    return (
      <a className="button" href={link[mend]} target="_blank" rel="noreferrer">
        {own.mend[mend]}
      </a>
    )
  }
  if (mend === 'connect' && !account) return <p className="quiet">{own.cohost.onlyHost(room.host?.displayName ?? '')}</p>
  const byPlaylist = () =>
    void act(UpdateRoomDocument, { roomId: room.id, input: { settings: { delivery: 'PLAYLIST' } } }, { done: own.settings.saved })
  const acts: Partial<Record<Mend, { do?: (() => void) | undefined; busy: boolean }>> = {
    devices: { do: onDevices, busy: false },
    connect: { do: account?.connect, busy: account?.connecting ?? false },
    usePlaylist: { do: byPlaylist, busy },
    takeOver: { do: player.takeOver, busy: player.busy !== null },
  }
  return (
    <Button busy={acts[mend]?.busy ?? false} onClick={acts[mend]?.do}>
      {own.mend[mend]}
    </Button>
  )
}
