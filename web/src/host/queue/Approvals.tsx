import { newIdempotencyKey, operations } from '@antwon/client'
import { ApproveItemDocument } from '../../api/generated'
import type { Item } from '../../api/queue'
import { useText } from '../../text/text'
import { SongLine } from '../../ui/SongLine'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useFocusAfterRemoval } from '../ui/useFocusAfterRemoval'
import { useMutate } from '../ui/useMutate'
import type { Undo } from './Undo'

interface Props {
  items: readonly Item[] // the songs that wait for approval, the oldest first
  required: boolean // whether newcomers' songs need approval
  notify: Notify
  undo: Undo
}

/** The songs that wait for a host's approval. Hidden while the room needs none and none wait. */
export function Approvals({ items, required, notify, undo }: Props) {
  const own = useHostText()
  if (!required && items.length === 0) return null
  return (
    <section className="card stack approvals" aria-labelledby="approvals-heading">
      <div className="title">
        <h2 id="approvals-heading" tabIndex={-1}>
          {own.approvals.heading}
        </h2>
        <span className="quiet" role="status">
          {items.length === 0 ? own.approvals.none : own.queue.count(items.length)}
        </span>
      </div>
      <ul className="lines">
        {items.map((item) => (
          <Line
            key={item.id}
            item={item}
            headingId={required ? 'approvals-heading' : 'queue-heading'}
            notify={notify}
            undo={undo}
          />
        ))}
      </ul>
    </section>
  )
}

function Line({ item, headingId, notify, undo }: { item: Item; headingId: string; notify: Notify; undo: Undo }) {
  const text = useText()
  const own = useHostText().approvals
  const { busy, mutate } = useMutate(notify)
  const { line, beforeRemoval } = useFocusAfterRemoval(headingId)
  const { name } = item.song
  async function approve() {
    const restoreFocus = beforeRemoval()
    if (await mutate(ApproveItemDocument, { itemId: item.id }, { done: own.approved(name) })) restoreFocus()
  }
  async function decline() {
    const restoreFocus = beforeRemoval()
    const key = newIdempotencyKey()
    if (!(await mutate(operations.removeItem, { itemId: item.id, key }))) return
    undo.offer(own.declined(name), key)
    restoreFocus()
  }
  return (
    <li ref={line}>
      <SongLine song={item.song} more={<span>{text.addedBy(item.addedBy?.displayName)}</span>}>
        <Button variant="main" aria-label={own.approve(name)} busy={busy} onClick={() => void approve()}>
          {own.approveShort}
        </Button>
        <Button aria-label={own.decline(name)} busy={busy} onClick={() => void decline()}>
          {own.declineShort}
        </Button>
      </SongLine>
    </li>
  )
}
