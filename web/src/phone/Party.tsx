import { useEffect, useEffectEvent, useState } from 'react'
import type { Api } from '../api/client'
import { isPassing } from '../api/errors'
import { PlaybackChangesDocument, RoomChangesDocument, ViewerChangesDocument } from '../api/generated'
import { useQueue } from '../api/queue'
import { useStore } from '../api/store'
import { useLive } from '../api/useRetriedSubscription'
import { healthSentence, useLanguage, useText } from '../text/text'
import { Outcomes, useOutcomes } from '../ui/Toasts'
import { Closed } from './Closed'
import { Header } from './Header'
import { Played } from './History'
import { useKeepingRoom } from './LastRoom'
import { useLimit } from './Limits'
import { Mine } from './MySongs'
import { NowPlaying } from './NowPlaying'
import { Told } from './OutcomeText'
import { Queue } from './Queue'
import { Removed } from './Removed'
import { Search } from './Search'
import { Vote } from './SkipVote'
import { type Tab, Tabs } from './Tabs'
import { usePhoneText } from './text'
import { Undo } from './Undo'
import { useActions } from './useActions'

const moment = 1_500 // milliseconds in which who is present is told that they were removed

interface Props {
  api: Api
  room: { id: string; name: string; code: string }
  user: { id: string; displayName: string }
  onLeft: () => void
  onRename: () => void
}

/** The party, for who has joined it: what plays, what comes, and what one can do. */
export function Party({ api, room: known, user, onLeft, onRename }: Props) {
  const text = useText()
  const own = usePhoneText()
  const language = useLanguage()
  const roomId = known.id
  useKeepingRoom(roomId, user.id)
  const queue = useStore(useQueue(api, roomId))
  const { data: { room } = {}, failure: roomFailure } = useLive(RoomChangesDocument, { roomId })
  const { data: { playback } = {}, failure: playbackFailure } = useLive(PlaybackChangesDocument, { roomId })
  const { data: { viewerInRoom: viewer } = {}, failure: viewerFailure } = useLive(ViewerChangesDocument, { roomId })
  const { outcomes, tell } = useOutcomes()
  const actions = useActions(api, roomId, user.id, viewer, (outcome) => {
    if (!outcome.undoable) tell(<Told outcome={outcome} />, Boolean(outcome.failure))
  })
  const limit = useLimit(viewer, room?.settings)
  const [tab, setTab] = useState<Tab>('queue')
  const [query, setQuery] = useState('')
  const name = room?.name ?? known.name
  const fair = room?.settings?.orderMode === 'FAIR'
  useEffect(() => {
    document.title = own.title(name)
  }, [own, name])
  // Who was removed while they were away is told by a refusal alone: then it is asked anew who may come in.
  const refused = [roomFailure, playbackFailure, viewerFailure].some((f) => f && !isPassing(f)) || Array.isArray(queue.ended)
  const shutOut = refused && !viewer?.removed
  const left = useEffectEvent(onLeft)
  useEffect(() => {
    if (!shutOut) return
    const timer = setTimeout(() => left(), moment)
    return () => clearTimeout(timer)
  }, [shutOut])

  if (viewer?.removed) return <Removed banned={viewer.role === 'BANNED'} onAgain={onLeft} />
  if (room?.status === 'CLOSED' || queue.ended === true) {
    return <Closed room={{ ...known, name }} onOpen={onLeft} />
  }
  const next = queue.items.find((item) => item.id === viewer?.next?.id)
  return (
    <>
      <Header
        api={api}
        name={name}
        code={known.code}
        room={room}
        user={user}
        unsent={actions.unsent}
        hosts={viewer?.role === 'HOST' || viewer?.role === 'COHOST'}
        onRename={onRename}
      />
      <main className="party">
        <NowPlaying playback={playback}>
          {viewer?.role === 'GUEST' && <Vote roomId={roomId} userId={user.id} playback={playback} tell={tell} />}
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
          {tab === 'mine' && <Mine {...{ roomId, fair, queue, actions, viewer, limit }} />}
          {tab === 'played' && <Played roomId={roomId} playingId={playback?.item?.id} />}
        </Tabs>
      </main>
      <Outcomes outcomes={outcomes}>{actions.undoable && <Undo outcome={actions.undoable} actions={actions} />}</Outcomes>
    </>
  )
}
