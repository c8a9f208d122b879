import { useEffect, useSyncExternalStore } from 'react'
import type { Api } from '../api/client'
import { type Failure, isPassing } from '../api/errors'
import { PlaybackChangesDocument, RoomChangesDocument } from '../api/generated'
import { type QueueState, useQueue } from '../api/queue'
import { type Store, useStore } from '../api/store'
import { usePast } from '../api/useHasPassed'
import { useLive } from '../api/useRetriedSubscription'
import { useOwnText } from '../text/text'
import { de } from './de'
import { en } from './en'
import { Frame } from './Frame'
import { Header } from './Header'
import { Join } from './Join'
import { stageOf } from './layout'
import { Now } from './Now'
import { Farewell, Looking } from './StatusPages'
import { Upcoming } from './Upcoming'

interface Props {
  api: Api
  roomId: string
  startOver: () => void
}

/** A room, for as long as this browser may watch it. */
export function Party({ api, roomId, startOver }: Props) {
  const own = useOwnText({ en, de })
  const { data: { room } = {}, failure: roomFailure } = useLive(RoomChangesDocument, { roomId })
  const { data: { playback } = {}, failure: playbackFailure } = useLive(PlaybackChangesDocument, { roomId })
  const queue = useQueue(api, roomId)
  const stage = useSyncExternalStore(queue.subscribe, () => stageOf(room, playback, queue.get()))
  const isOver = usePast(room?.settings?.lastCallAt)
  const takesSongs = room?.settings?.requestsOpen !== false && !isOver
  useRefusal(api, queue, [roomFailure, playbackFailure], startOver)
  useEffect(() => {
    if (room) document.title = own.title(room.name)
  }, [room, own])

  if (!room || !playback || stage === 'loading') return <Looking />
  if (stage === 'closed') return <Farewell code={room.code} startOver={startOver} />
  return (
    <Frame>
      <Header room={room} connection={api.connection} health={playback.health} />
      {stage === 'empty' ? (
        <main className="empty">
          <Join room={room} invitation={takesSongs ? own.invitation : own.silence} />
        </main>
      ) : (
        <main className="party">
          <Now playback={playback} />
          <div className="coming">
            <Upcoming queue={queue} open={takesSongs} />
            <Join room={room} />
          </div>
        </main>
      )}
    </Frame>
  )
}

/** Starts over once the server refuses to go on: the room is another one's, or this screen is nobody any more. */
function useRefusal(api: Api, queue: Store<QueueState>, failures: (Failure | undefined)[], startOver: () => void): void {
  const isNobody = useStore(api.sessions.current) === null
  const ended = useSyncExternalStore(queue.subscribe, () => queue.get().ended)
  const gaveUp = ended !== undefined && ended !== true
  const refused = isNobody || gaveUp || failures.some((failure) => failure && !isPassing(failure))
  useEffect(() => {
    if (refused) startOver()
  }, [refused, startOver])
}
