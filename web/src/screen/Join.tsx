import { type CSSProperties, memo } from 'react'
import type { RoomFieldsFragment } from '../api/generated'
import { usePast } from '../api/useHasPassed'
import { timeOfDay } from '../text/format'
import { useLanguage, useOwnText, useText } from '../text/text'
import { Qr } from '../ui/Qr'
import { de } from './de'
import { en } from './en'

interface Props {
  room: RoomFieldsFragment
  invitation?: string // to be said in large letters, where there is nothing else to see
}

/** How to join: a code to scan, and what to type for those who cannot. */
export const Join = memo(function Join({ room, invitation }: Props) {
  const own = useOwnText({ en, de })
  const url = room.joinUrl ?? location.href.replace(/\/screen.*/, '')
  return (
    <section className="join">
      <div className="qr">
        <Qr text={url} label={own.qr(url)} size="100%" />
      </div>
      <div className="join-words">
        {invitation && <h2>{invitation}</h2>}
        <p>
          <span className="quiet">{own.scan}</span> <b>{new URL(url).host}</b>
        </p>
        <p className="join-code" style={{ '--letters': Math.max(5, room.code.length) } as CSSProperties}>
          {room.code}
        </p>
        <Until settings={room.settings} />
      </div>
    </section>
  )
})

/** Whether songs can be added, and until when. */
function Until({ settings }: Pick<RoomFieldsFragment, 'settings'>) {
  const text = useText()
  const own = useOwnText({ en, de })
  const language = useLanguage()
  const lastCallAt = settings?.lastCallAt
  const isOver = usePast(lastCallAt)
  if (settings?.requestsOpen === false) return <p className="quiet">{text.refusal.REQUESTS_CLOSED}</p>
  if (isOver) return <p className="quiet">{text.refusal.LAST_CALL}</p>
  if (lastCallAt) return <p className="last-call">{own.lastCall(timeOfDay(lastCallAt, language))}</p>
  return <p className="quiet">{own.hint}</p>
}
