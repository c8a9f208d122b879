import { useRef } from 'react'
import type { Item, QueueState } from '../api/queue'
import { useText } from '../text/text'
import { useOrder } from '../ui/useOrder'
import { useNow } from './playTime'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { Entry } from './useSchedule'

interface Props {
  schedule: ReadonlyMap<string, Entry>
  queue: QueueState
  actions: Actions
  onAdd: () => void
  onOpen: (itemId: string) => void
}

/** The queue, in playing order. */
export function Queue({ schedule, queue, actions, onAdd, onOpen }: Props) {
  const text = useText()
  const own = usePhoneText()
  const now = useNow()
  const items = actions.visible(queue.items)
  const list = useRef<HTMLOListElement>(null)
  useOrder(
    list,
    items.map(({ id }) => id),
  )
  if (queue.version === null) return <p className="quiet">{text.loading}</p>
  if (items.length === 0) {
    return (
      <div className="empty">
        <p>{own.emptyQueue}</p>
        <button type="button" className="button main" onClick={onAdd}>
          {own.addFirst}
        </button>
      </div>
    )
  }
  return (
    <>
      <h2 className="visually-hidden">{own.upNext}</h2>
      <ol className="lines numbered" ref={list}>
        {[...items].sort(byId).map((item) => (
          <QueueLine key={item.id} {...{ item, now, actions, onOpen }} entry={schedule.get(item.id)} />
        ))}
      </ol>
    </>
  )
}

const byId = (a: Item, b: Item): number => (a.id < b.id ? -1 : 1)
