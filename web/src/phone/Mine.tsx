import type { QueueState } from '../api/queue'
import { timeOfDay } from '../text/format'
import { useLanguage } from '../text/text'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'

/** One's own songs and likes among what waits, and how much one may still add. */
export function Mine({ queue, actions, viewer }: { queue: QueueState; actions: Actions; viewer: Viewer | undefined }) {
  const own = usePhoneText()
  const items = actions.visible(queue)
  const songs = items.filter(actions.isMine)
  const liked = items.filter(actions.isLiked)
  return (
    <div className="stack">
      <h2>{own.mySongs}</h2>
      <QuotaLine viewer={viewer} />
      {songs.length === 0 && <p className="quiet">{own.noSongs}</p>}
      <ul className="lines">
        {songs.map((item) => (
          <QueueLine key={item.id} item={item} actions={actions} removable />
        ))}
      </ul>
      <h2>{own.myLikes}</h2>
      {liked.length === 0 && <p className="quiet">{own.noLikes}</p>}
      <ul className="lines">
        {liked.map((item) => (
          <QueueLine key={item.id} item={item} actions={actions} />
        ))}
      </ul>
    </div>
  )
}

/** How much one may still add, where the room has a limit. */
export function QuotaLine({ viewer }: { viewer: Viewer | undefined }) {
  const own = usePhoneText()
  const language = useLanguage()
  if (!viewer) return null
  const { queued, maxQueued, addsLeft, refillsAt } = viewer.quota
  const parts = [
    maxQueued !== null && own.quotaQueued(queued, maxQueued),
    addsLeft !== null && own.quotaAdds(addsLeft),
    refillsAt !== null && own.quotaRefills(timeOfDay(refillsAt, language)),
  ].filter(Boolean)
  return parts.length > 0 ? <p className="quiet">{parts.join(' ')}</p> : null
}
