import type { QueueState } from '../api/queue'
import { useText } from '../text/text'
import { QueueLine } from './QueueLine'
import { usePhoneText } from './text'
import type { Actions } from './useActions'

/** What waits, in the order in which it will play. */
export function Queue({ queue, actions, onAdd }: { queue: QueueState; actions: Actions; onAdd: () => void }) {
  const text = useText()
  const own = usePhoneText()
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
      <h2 className="spoken">{own.upNext}</h2>
      <ol className="lines">
        {items.map((item) => (
          <QueueLine key={item.id} item={item} actions={actions} />
        ))}
      </ol>
    </>
  )
}
