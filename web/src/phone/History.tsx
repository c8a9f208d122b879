import { timeOfDay } from '../text/format'
import { failureSentence, useLanguage, useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { Row } from '../ui/Row'
import type { Edge } from './historyPages'
import { Likes } from './Likes'
import { usePhoneText } from './text'
import { useHistory } from './useHistory'

/** The songs that the room played, the latest first, with a button to load earlier ones. */
export function History({ roomId, playingId }: { roomId: string; playingId?: string | undefined }) {
  const text = useText()
  const own = usePhoneText()
  const { page, busy, failure, more } = useHistory(roomId, playingId)
  const isEmpty = page?.edges.length === 0
  return (
    <div className="stack">
      <h2>{own.history}</h2>
      <p className={failure ? 'error' : 'quiet'} role="status">
        {failure ? failureSentence(text, failure) : page ? isEmpty && own.emptyHistory : text.loading}
      </p>
      <ol className="lines">
        {page?.edges.map(({ node }) => (
          <HistoryLine key={node.item.id} played={node} />
        ))}
      </ol>
      {(page?.hasMore || failure) && (
        <button type="button" className="button" disabled={busy} onClick={more}>
          {own.moreHistory}
        </button>
      )}
    </div>
  )
}

function HistoryLine({ played: { item, startedAt, endedAt, skipped, skippedBy } }: { played: Edge['node'] }) {
  const text = useText()
  const own = usePhoneText()
  const at = timeOfDay(startedAt, useLanguage())
  const by = item.addedBy
  const detail = (
    <>
      <span className="wait">{endedAt ? at : own.nowPlaying}</span>
      {skipped && <span className="badge">{own.skipped[skippedBy ?? 'ELSEWHERE']}</span>}
      {by && <Avatar id={by.id} name={by.displayName} size={20} />}
      <span className="visually-hidden">{text.addedBy(by?.displayName)}</span>
    </>
  )
  return (
    <li>
      <Row song={item.song} detail={detail}>
        <Likes count={item.likeCount} />
      </Row>
    </li>
  )
}
