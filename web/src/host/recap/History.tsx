import { HostHistoryDocument, type HostHistoryQuery } from '../../api/generated'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import { SongLine } from '../../ui/SongLine'
import { useHostText } from '../text/text'
import { PagesDialog } from '../ui/PagesDialog'
import { usePages } from '../ui/usePages'

type Played = NonNullable<NonNullable<HostHistoryQuery['room']>['history']>['edges'][number]['node']

const historyOf = ({ room }: HostHistoryQuery) => room?.history

/** The songs that the room played, the latest first. */
export function History({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const own = useHostText().recap
  const pages = usePages(HostHistoryDocument, roomId, historyOf)
  return (
    <PagesDialog title={own.history} empty={own.emptyHistory} pages={pages} onClose={onClose}>
      {pages.list?.map((played) => (
        <li key={played.item.id}>
          <SongLine song={played.item.song} more={<Facts played={played} />} />
        </li>
      ))}
    </PagesDialog>
  )
}

function Facts({ played: { item, startedAt, endedAt, skipped, skippedBy } }: { played: Played }) {
  const text = useText()
  const own = useHostText().recap
  const language = useLanguage()
  return (
    <>
      <span>
        <time dateTime={startedAt}>{timeOfDay(startedAt, language)}</time> · {text.likes(item.likeCount)} ·{' '}
        {text.addedBy(item.addedBy?.displayName)}
      </span>
      {skipped && <span className="badge">{own.skipped[skippedBy ?? 'ELSEWHERE']}</span>}
      {!endedAt && <span className="badge">{own.plays}</span>}
    </>
  )
}
