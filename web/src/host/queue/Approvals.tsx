import { ApproveItemDocument, RemoveItemDocument } from '../../api/generated'
import { newKey } from '../../api/idempotencyKey'
import type { Item } from '../../api/queue'
import { useText } from '../../text/text'
import { SongLine } from '../../ui/SongLine'
import type { Tell } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useLeaving } from '../ui/useFocusAfterRemoval'
import { useDoing } from '../ui/useMutate'
import type { Undo } from './Undo'

interface Props {
  items: readonly Item[] // that wait for approval, oldest first
  on: boolean // newcomers' songs wait for it
  tell: Tell
  undo: Undo
}

/** The songs that wait for a host's yes or no; not there where none can. */
export function Approvals({ items, on, tell, undo }: Props) {
  const own = useHostText()
  if (!on && items.length === 0) return null
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
          <Line key={item.id} item={item} after={on ? 'approvals-heading' : 'queue-heading'} tell={tell} undo={undo} />
        ))}
      </ul>
    </section>
  )
}

function Line({ item, after, tell, undo }: { item: Item; after: string; tell: Tell; undo: Undo }) {
  const text = useText()
  const own = useHostText().approvals
  const { busy, act } = useDoing(tell)
  const { line, leaving } = useLeaving(after)
  const { name } = item.song
  async function approve() {
    const left = leaving()
    if (await act(ApproveItemDocument, { itemId: item.id }, { done: own.approved(name) })) left()
  }
  async function decline() {
    const left = leaving()
    const key = newKey()
    if (!(await act(RemoveItemDocument, { itemId: item.id, key }))) return
    undo.offer(own.declined(name), key)
    left()
  }
  return (
    <li ref={line}>
      <SongLine song={item.song} more={<span>{text.addedBy(item.addedBy?.displayName)}</span>}>
        <Button look="main" aria-label={own.approve(name)} busy={busy} onClick={() => void approve()}>
          {own.approveShort}
        </Button>
        <Button aria-label={own.decline(name)} busy={busy} onClick={() => void decline()}>
          {own.declineShort}
        </Button>
      </SongLine>
    </li>
  )
}
