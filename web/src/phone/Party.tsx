import { isTransient } from '@antwon/client'
import { useEffect, useEffectEvent, useState } from 'react'
import type { Api } from '../api/client'
import { PlaybackChangesDocument, RoomChangesDocument, ViewerChangesDocument } from '../api/generated'
import { useRoomQueue } from '../api/queue'
import { useRetriedSubscription } from '../api/useRetriedSubscription'
import { healthSentence, useLanguage, useText } from '../text/text'
import { Toasts, useToasts } from '../ui/Toasts'
import { Closed } from './Closed'
import { Header } from './Header'
import { History } from './History'
import { useRememberRoom } from './LastRoom'
import { useLimit } from './Limits'
import { MySongs } from './MySongs'
import { NowPlaying } from './NowPlaying'
import { OutcomeText } from './OutcomeText'
import { Queue } from './Queue'
import { Removed } from './Removed'
import { Search } from './Search'
import { SkipVote } from './SkipVote'
import { type Tab, Tabs } from './Tabs'
import { usePhoneText } from './text'
import { Undo } from './Undo'
import { useActions } from './useActions'

const refusalDelay = 1_500 // milliseconds: a present user who is removed learns it by a subscription within this time

interface Props {
  api: Api
  room: { id: string; name: string; code: string }
  user: { id: string }
  onRefused: () => void // the server refuses this user; the page has to find out who may join
  onRename: (name: string | undefined) => void // name: the present one
}

/** The party for its members: the song that plays, the queue, search, their own songs, and the history. */
export function Party({ api, room: known, user, onRefused, onRename }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const roomId = known.id
  useRememberRoom(roomId, user.id)
  const queue = useRoomQueue(api, roomId)
  const { data: { room } = {}, failure: roomFailure } = useRetriedSubscription(RoomChangesDocument, { roomId })
  const { data: { playback } = {}, failure: playbackFailure } = useRetriedSubscription(PlaybackChangesDocument, { roomId })
  const { data: { viewerInRoom: viewer } = {}, failure: viewerFailure } = useRetriedSubscription(ViewerChangesDocument, {
    roomId,
  })
  const { toasts, notify } = useToasts()
  const actions = useActions(api, roomId, user.id, viewer, (outcome) => {
    if (!outcome.undoable) notify(<OutcomeText outcome={outcome} />, Boolean(outcome.failure))
  })
  const limit = useLimit(viewer, room?.settings)
  const [tab, setTab] = useState<Tab>('queue')
  const [query, setQuery] = useState('')
  const name = room?.name ?? known.name
  const userName = viewer?.participant.displayName
  const fair = room?.settings?.orderMode === 'FAIR'
  useEffect(() => {
    document.title = own.title(name)
  }, [own, name])
  // A user who was removed while away gets only a refusal. Then the page loads the room again, as for a newcomer.
  const refused = [roomFailure, playbackFailure, viewerFailure].some((f) => f && !isTransient(f)) || Array.isArray(queue.ended)
  const isExcluded = refused && !viewer?.removed
  const handleRefusal = useEffectEvent(onRefused)
  useEffect(() => {
    if (!isExcluded) return
    const timer = setTimeout(() => handleRefusal(), refusalDelay)
    return () => clearTimeout(timer)
  }, [isExcluded])

  if (viewer?.removed) return <Removed banned={viewer.role === 'BANNED'} onJoinAgain={onRefused} />
  if (room?.status === 'CLOSED' || queue.ended === true) {
    return <Closed room={{ ...known, name }} onOpen={onRefused} />
  }
  const next = queue.items.find((item) => item.id === viewer?.next?.id)
  return (
    <>
      <Header
        api={api}
        name={name}
        code={known.code}
        room={room}
        userName={userName}
        unsent={actions.unsent}
        isHosting={viewer?.role === 'HOST' || viewer?.role === 'COHOST'}
        onRename={() => onRename(userName)}
      />
      <main className="party">
        <NowPlaying playback={playback}>
          {viewer?.role === 'GUEST' && <SkipVote roomId={roomId} userId={user.id} playback={playback} notify={notify} />}
        </NowPlaying>
        {playback && playback.health.state !== 'OK' && (
          <p className="notice" role="status">
            {healthSentence(text, language, playback.health)}
          </p>
        )}
        {next && (
          <p className="notice" role="status">
            {own.yourNext(next.song.name)}
          </p>
        )}
        <Tabs value={tab} onChoose={setTab}>
          {tab === 'queue' && <Queue {...{ roomId, fair, queue, actions }} onAdd={() => setTab('search')} />}
          {tab === 'search' && (
            <Search
              roomId={roomId}
              query={query}
              onQuery={setQuery}
              queue={queue}
              actions={actions}
              viewer={viewer}
              settings={room?.settings}
              limit={limit}
            />
          )}
          {tab === 'mine' && <MySongs {...{ roomId, fair, queue, actions, viewer, limit }} />}
          {tab === 'history' && <History roomId={roomId} playingId={playback?.item?.id} />}
        </Tabs>
      </main>
      <Toasts toasts={toasts}>{actions.undoable && <Undo outcome={actions.undoable} actions={actions} />}</Toasts>
    </>
  )
}
