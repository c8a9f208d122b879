import { UpdateRoomDocument } from '../../api/generated'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import type { Notify } from '../../ui/Toasts'
import { dashboard, spotifyApp } from '../spotify/links'
import { useHostText } from '../text/text'
import type { LiveRoom, Playback, SpotifyAccount } from '../types'
import { Button } from '../ui/Button'
import { useMutate } from '../ui/useMutate'
import { healthSentence } from './healthSentence'
import { type Remedy, remedyFor } from './remedy'
import type { Player } from './usePlayer'

interface Props {
  room: LiveRoom
  playback: Playback
  player: Player
  account: SpotifyAccount | undefined
  notify: Notify
  onDevices: () => void
}

/** The player's health in a sentence and, if there is a problem, the button that solves it. */
export function Health(props: Props) {
  const { health, delivery } = props.playback
  const remedy = remedyFor(health, delivery)
  const isOk = health.state === 'OK'
  const isSerious = !isOk && health.state !== 'NOTHING_TO_PLAY' && health.state !== 'HOST_TOOK_OVER'
  return (
    <div className={isOk ? 'health quiet' : `health notice ${isSerious ? 'error' : ''}`}>
      <p role="status">
        {isOk && <span aria-hidden="true">✓ </span>}
        <Sentence playback={props.playback} />
      </p>
      {remedy && <RemedyButton {...props} remedy={remedy} />}
    </div>
  )
}

function Sentence({ playback }: { playback: Playback }) {
  const text = useText()
  const own = useHostText()
  const language = useLanguage()
  const { health } = playback
  const sentence = healthSentence(own, playback)
  return health.until ? `${sentence} ${text.until(timeOfDay(health.until, language))}` : sentence
}

function RemedyButton({ room, player, account, notify, onDevices, remedy }: Props & { remedy: Remedy }) {
  const own = useHostText()
  const { busy, mutate } = useMutate(notify)
  const link = { openSpotify: spotifyApp, dashboard, addSongs: `/r/${room.code}` } as Partial<Record<Remedy, string>>
  if (link[remedy]) {
    return (
      <a className="button" href={link[remedy]} target="_blank" rel="noreferrer">
        {own.remedy[remedy]}
      </a>
    )
  }
  if (remedy === 'connect' && !account) return <p className="quiet">{own.cohost.onlyHost(room.host?.displayName ?? '')}</p>
  const switchToPlaylist = () =>
    void mutate(
      UpdateRoomDocument,
      { roomId: room.id, input: { settings: { delivery: 'PLAYLIST' } } },
      { done: own.settings.saved },
    )
  const buttons: Partial<Record<Remedy, { onClick?: (() => void) | undefined; busy: boolean }>> = {
    devices: { onClick: onDevices, busy: false },
    connect: { onClick: account?.connect, busy: account?.connecting ?? false },
    usePlaylist: { onClick: switchToPlaylist, busy },
    takeOver: { onClick: player.takeOver, busy: player.busy !== null },
  }
  return (
    <Button busy={buttons[remedy]?.busy ?? false} onClick={buttons[remedy]?.onClick}>
      {own.remedy[remedy]}
    </Button>
  )
}
