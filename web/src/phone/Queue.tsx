import type { QueueState } from '../api/queue'
import { useText } from '../text/text'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import { useSchedule } from './useSchedule'

interface Props {
  roomId: string
  fair: boolean
  queue: QueueState
  actions: Actions
  onAdd: () => void
}

/** The queue, in playing order. */
export function Queue({ roomId, fair, queue, actions, onAdd }: Props) {
  const text = useText()
  const own = usePhoneText()
  const schedule = useSchedule(roomId)
  const items = actions.visible(queue.items)
  if (queue.version === null) return <p className="quiet">{text.loading}</p>
  if (items.length === 0) {
    return (
      <div className="stack">
        <p className="quiet">{own.emptyQueue}</p>
        <button type="button" className="button main" onClick={onAdd}>
          {own.addFirst}
        </button>
      </div>
    )
  }
  return (
    <>
      <h2 className="visually-hidden">{own.upNext}</h2>
      <ol className="lines">
        {items.map((item) => (
          <QueueLine key={item.id} item={item} entry={schedule.get(item.id)} fair={fair} actions={actions} />
        ))}
      </ol>
    </>
  )
}
