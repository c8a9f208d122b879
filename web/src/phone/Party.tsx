import { isTransient, type Outcome } from '@antwon/client'
import { useEffect, useEffectEvent } from 'react'
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
import { useStoredQueue } from './lastQueue'
import { MySongs } from './MySongs'
import { NowBar, NowSheet } from './NowPlaying'
import { OutcomeText } from './OutcomeText'
import { Queue } from './Queue'
import { Reactions } from './Reactions'
import { Removed } from './Removed'
import { RoomOffer } from './RoomOffer'
import { Search } from './Search'
import { SkipVote } from './SkipVote'
import { SongSheet } from './SongSheet'
import { Tabs } from './Tabs'
import { forgetNames } from './tabletNames'
import { tabletTabs, tabs } from './tabNames'
import { usePhoneText } from './text'
import { Undo } from './Undo'
import { useActions, type Viewer } from './useActions'
import { useNotices } from './useNotices'
import { useSchedule } from './useSchedule'
import { useUnsentWarning } from './useUnsentWarning'
import { useView } from './useView'

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
    if (outcome.failure || !(outcome.undoable || isLike(outcome)))
      notify(<OutcomeText outcome={outcome} />, Boolean(outcome.failure))
  })
  const notices = useNotices(roomId, user.id, notify)
  const limit = useLimit(viewer, room?.settings)
  const view = useView()
  const { sheet } = view
  const isTablet = viewer?.role === 'TABLET'
  const tab = isTablet && view.tab === 'mine' ? 'queue' : view.tab
  const schedule = useSchedule(roomId, tab === 'queue' || tab === 'mine')
  useUnsentWarning(actions.unsent)
  const name = room?.name ?? known.name
  useStoredQueue(api, known.code, name, queue)
  const userName = viewer?.participant.displayName
  useForgottenNames(viewer)
  const fair = room?.settings?.orderMode === 'FAIR'
  const next = queue.items.find((item) => item.id === viewer?.next?.id)
  useTitle(next ? own.titleYourNext(name) : own.title(name), next !== undefined)
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
  const opened = actions.visible([...queue.items, ...(viewer?.awaitingApproval ?? [])]).find((item) => item.id === sheet)
  return (
    <>
      <Header
        api={api}
        name={name}
        code={known.code}
        room={room}
        participant={viewer?.participant}
        unsent={actions.unsent}
        isHosting={viewer?.role === 'HOST' || viewer?.role === 'COHOST'}
        isBrief={tab === 'search'}
        onRename={() => onRename(userName)}
      />
      <main className="party" data-tab={tab}>
        {playback && playback.health.state !== 'OK' && (
          <p className="notice" role="status">
            {healthSentence(text, language, playback.health)}
          </p>
        )}
        <RoomOffer room={room} participantId={viewer?.participant.id} />
        {isTablet && tab !== 'history' && <p className="notice">{own.tabletHint}</p>}
        {next && (
          <p className="notice" role="status">
            {own.yourNext(next.song.name)}
          </p>
        )}
        <Tabs shown={isTablet ? tabletTabs : tabs} value={tab} onChoose={view.choose}>
          {tab === 'queue' && <Queue {...{ schedule, queue, actions }} onAdd={() => view.choose('search')} onOpen={view.open} />}
          {tab === 'search' && (
            <Search
              roomId={roomId}
              playingId={playback?.item?.id}
              view={view}
              queue={queue}
              actions={actions}
              viewer={viewer}
              settings={room?.settings}
              limit={limit}
              notify={notify}
            />
          )}
          {tab === 'mine' && <MySongs {...{ schedule, queue, actions, viewer, limit, notices }} onOpen={view.open} />}
          {tab === 'history' && <History roomId={roomId} playingId={playback?.item?.id} />}
        </Tabs>
        {tab !== 'search' && <NowBar playback={playback} onOpen={() => view.open('playing')} />}
      </main>
      {sheet === 'playing' && playback?.song && (
        <NowSheet playback={playback} song={playback.song} onClose={view.close}>
          {room?.settings?.reactions && playback.status === 'PLAYING' && !isTablet && <Reactions {...{ roomId, notify }} />}
          {viewer?.role === 'GUEST' && <SkipVote roomId={roomId} viewer={viewer} playback={playback} notify={notify} />}
        </NowSheet>
      )}
      {opened && <SongSheet item={opened} entry={schedule.get(opened.id)} fair={fair} actions={actions} onClose={view.close} />}
      <Toasts toasts={toasts}>
        {actions.undoable && !isLike(actions.undoable) && <Undo outcome={actions.undoable} actions={actions} />}
      </Toasts>
    </>
  )
}

/** Shows a title and, on an installed page's icon, whether the guest's song is next. */
function useTitle(title: string, isNext: boolean): void {
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    const shown = isNext ? navigator.setAppBadge?.() : navigator.clearAppBadge?.()
    shown?.catch(() => {}) // the page is not installed
    return () => void navigator.clearAppBadge?.().catch(() => {})
  }, [isNext])
}

/** Forgets the names that were given here once the device is no longer a shared tablet. */
function useForgottenNames(viewer: Viewer | undefined): void {
  const isShared = !viewer || (viewer.role === 'TABLET' && !viewer.removed)
  useEffect(() => {
    if (!isShared) forgetNames()
  }, [isShared])
}

/** Whether an action was a like, which the heart shows and another tap on it takes back. */
const isLike = ({ action }: Outcome): boolean => action.kind === 'like' || action.kind === 'unlike'
