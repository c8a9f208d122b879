import { type Failure, isTransient, type Store } from '@antwon/client'
import { useSession } from '@antwon/client/react'
import { useEffect, useSyncExternalStore } from 'react'
import type { Api } from '../api/client'
import { PlaybackChangesDocument, RoomChangesDocument } from '../api/generated'
import { type QueueState, useRoomQueueStore } from '../api/queue'
import { useHasPassed } from '../api/useHasPassed'
import { useRetriedSubscription } from '../api/useRetriedSubscription'
import { usePageText } from '../text/text'
import { de } from './de'
import { en } from './en'
import { Frame } from './Frame'
import { Header } from './Header'
import { Hearts } from './Hearts'
import { Join } from './Join'
import { stageOf } from './layout'
import { Now } from './Now'
import { Reactions } from './Reactions'
import { Loading, RoomClosed } from './StatusPages'
import { Upcoming } from './Upcoming'
import { useTint } from './useTint'

interface Props {
  api: Api
  roomId: string
  startOver: () => void
}

/** The room, for as long as this browser may watch it. */
export function Party({ api, roomId, startOver }: Props) {
  const own = usePageText({ en, de })
  const { data: { room } = {}, failure: roomFailure } = useRetriedSubscription(RoomChangesDocument, { roomId })
  const { data: { playback } = {}, failure: playbackFailure } = useRetriedSubscription(PlaybackChangesDocument, { roomId })
  const queue = useRoomQueueStore(api, roomId)
  const stage = useSyncExternalStore(queue.subscribe, () => stageOf(room, playback, queue.get()))
  const isOver = useHasPassed(room?.settings?.lastCallAt)
  const isAddingOpen = room?.settings?.requestsOpen !== false && !isOver
  useTint(playback?.song?.imageUrl)
  useStartOverOnRefusal(api, queue, [roomFailure, playbackFailure], startOver)
  useEffect(() => {
    if (room) document.title = own.title(room.name)
  }, [room, own])

  if (!room || !playback || stage === 'loading') return <Loading />
  if (stage === 'closed') return <RoomClosed code={room.code} startOver={startOver} />
  return (
    <Frame>
      <Header room={room} connection={api.connection} health={playback.health} />
      {stage === 'empty' ? (
        <main className="empty">
          <Join room={room} headline={isAddingOpen ? own.firstSong : own.silence} />
        </main>
      ) : (
        <main className="party">
          <Now playback={playback}>
            <div className="beside">
              <Hearts queue={queue} />
              {room.settings?.reactions && playback.status === 'PLAYING' && <Reactions roomId={roomId} />}
            </div>
          </Now>
          <div className="side">
            <Upcoming queue={queue} open={isAddingOpen} />
            <Join room={room} />
          </div>
        </main>
      )}
    </Frame>
  )
}

/** Starts over when the server refuses this screen: it was removed from the room, or its session has ended. */
function useStartOverOnRefusal(
  api: Api,
  queue: Store<QueueState>,
  failures: (Failure | undefined)[],
  startOver: () => void,
): void {
  const isSignedOut = useSession(api.sessions) === null
  const ended = useSyncExternalStore(queue.subscribe, () => queue.get().ended)
  const queueRefused = ended !== undefined && ended !== true
  const refused = isSignedOut || queueRefused || failures.some((failure) => failure && !isTransient(failure))
  useEffect(() => {
    if (refused) startOver()
  }, [refused, startOver])
}
