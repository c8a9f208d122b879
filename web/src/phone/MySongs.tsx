import type { RefusalReason } from '../api/generated'
import type { QueueState } from '../api/queue'
import { Quota } from './Limits'
import { NoticesChoice } from './NoticesChoice'
import { useNow } from './playTime'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'
import type { Notices } from './useNotices'
import type { Entry } from './useSchedule'

interface Props {
  schedule: ReadonlyMap<string, Entry>
  queue: QueueState
  actions: Actions
  viewer: Viewer | undefined
  limit: RefusalReason | null
  notices: Notices
  onOpen: (itemId: string) => void
}

/** The user's own songs and likes in the queue, and their quota. */
export function MySongs({ schedule, queue, actions, viewer, limit, notices, onOpen }: Props) {
  const own = usePhoneText()
  const now = useNow()
  const items = actions.visible(queue.items)
  const awaiting = actions.visible(viewer?.awaitingApproval ?? []) // hosts get everybody's
  const songs = [...items, ...awaiting].filter(actions.isMine)
  const liked = items.filter(actions.isLiked)
  return (
    <div className="stack">
      <h2>{own.mySongs}</h2>
      <Quota viewer={viewer} limit={limit} />
      {songs.length === 0 && <p className="quiet">{own.noSongs}</p>}
      <ul className="lines">
        {songs.map((item) => (
          <QueueLine key={item.id} {...{ item, now, actions, onOpen }} entry={schedule.get(item.id)} canWithdraw />
        ))}
      </ul>
      <NoticesChoice notices={notices} />
      <h2>{own.myLikes}</h2>
      {liked.length === 0 && <p className="quiet">{own.noLikes}</p>}
      <ul className="lines">
        {liked.map((item) => (
          <QueueLine key={item.id} {...{ item, now, actions, onOpen }} entry={schedule.get(item.id)} />
        ))}
      </ul>
    </div>
  )
}
