import { useId } from 'react'
import { createPortal } from 'react-dom'
import type { RefusalReason } from '../api/generated'
import type { Item, QueueState } from '../api/queue'
import { length } from '../text/format'
import { useText } from '../text/text'
import { Row } from '../ui/Row'
import { HitSheet } from './HitSheet'
import { LikeButton } from './LikeButton'
import { refusalFor } from './quota'
import { usePhoneText } from './text'
import type { Actions } from './useActions'
import type { SearchHit } from './useSearch'
import type { Navigation } from './useView'

interface Props {
  hit: SearchHit
  queue: QueueState
  actions: Actions
  awaiting: readonly Item[] // songs that wait for approval: the user's own, or everybody's for hosts
  limit: RefusalReason | null
  view: Navigation
}

/**
 * A search result with a button to add it, or to like it if it is in the queue, or the reason why it cannot be added. A tap on it
 * opens its sheet.
 */
export function SearchResult({ hit, queue, awaiting, actions, limit, view }: Props) {
  const text = useText()
  const own = usePhoneText()
  const reasonId = useId()
  const { song, refusal } = hit
  const isSame = (item: Item) => item.id === hit.queueItemId || item.song.uri === song.uri
  const queued = queue.items.find(isSame)
  const awaits = !queued && awaiting.some((item) => actions.isMine(item) && isSame(item))
  const more = (
    <>
      <span>{length(song.durationMs)}</span>
      {awaits && <span className="badge">{own.kinds.awaiting}</span>}
    </>
  )
  const reason = queued || awaits ? null : refusalFor(refusal?.reason, limit)
  const sheet = <HitSheet hit={hit} onShow={view.show} onClose={view.close} />
  return (
    <li>
      <Row song={song} detail={more} openLabel={own.details(song.name)} onOpen={() => view.open(song.uri)}>
        {queued && actions.canLike && (
          <LikeButton item={queued} liked={actions.isLiked(queued)} count={actions.likeCount(queued)} onLike={actions.like} />
        )}
        {!queued && !awaits && <AddButton song={song} actions={actions} reasonId={reason ? reasonId : undefined} />}
      </Row>
      {queued && !actions.canLike && <p className="refusal">{own.queuedAlready(song.name)}</p>}
      {reason && (
        <p id={reasonId} className="refusal">
          {text.refusal[reason as RefusalReason] ?? refusal?.message}
        </p>
      )}
      {view.sheet === song.uri && createPortal(sheet, document.body) /* outside of the row, which would clip it */}
    </li>
  )
}

interface AddProps {
  song: SearchHit['song']
  actions: Actions
  reasonId: string | undefined // id of the text that says why the song cannot be added; undefined: it can
}

function AddButton({ song, actions, reasonId }: AddProps) {
  const own = usePhoneText()
  const adding = actions.isAdding(song.uri)
  const isDisabled = adding || reasonId !== undefined
  return (
    <button
      type="button"
      className="icon-button add"
      aria-label={adding ? `${own.adding}: ${song.name}` : own.addSong(song.name)}
      aria-disabled={isDisabled}
      aria-describedby={reasonId}
      onClick={() => isDisabled || actions.add(song)}
    >
      {adding ? '…' : <Plus />}
    </button>
  )
}

function Plus() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.5" aria-hidden="true">
      <path d="M12 5v14M5 12h14" strokeLinecap="round" />
    </svg>
  )
}
