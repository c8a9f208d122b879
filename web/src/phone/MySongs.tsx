import type { RefusalReason } from '../api/generated'
import type { QueueState } from '../api/queue'
import { Quota } from './Limits'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'
import { useSchedule } from './useSchedule'

interface Props {
  roomId: string
  fair: boolean
  queue: QueueState
  actions: Actions
  viewer: Viewer | undefined
  limit: RefusalReason | null
}

/** The user's own songs and likes in the queue, and their quota. */
export function MySongs({ roomId, fair, queue, actions, viewer, limit }: Props) {
  const own = usePhoneText()
  const schedule = useSchedule(roomId)
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
          <QueueLine key={item.id} item={item} entry={schedule.get(item.id)} fair={fair} actions={actions} canWithdraw />
        ))}
      </ul>
      <h2>{own.myLikes}</h2>
      {liked.length === 0 && <p className="quiet">{own.noLikes}</p>}
      <ul className="lines">
        {liked.map((item) => (
          <QueueLine key={item.id} item={item} entry={schedule.get(item.id)} fair={fair} actions={actions} />
        ))}
      </ul>
    </div>
  )
}
