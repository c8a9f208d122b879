import { type CSSProperties, memo } from 'react'
import type { RoomFieldsFragment } from '../api/generated'
import { useHasPassed } from '../api/useHasPassed'
import { timeOfDay } from '../text/format'
import { useLanguage, usePageText, useText } from '../text/text'
import { Qr } from '../ui/Qr'
import { de } from './de'
import { en } from './en'

interface Props {
  room: RoomFieldsFragment
  headline?: string // shown in large letters while there is nothing else to see
}

/** How to join: a QR code to scan, and the address and room code to type. */
export const Join = memo(function Join({ room, headline }: Props) {
  const own = usePageText({ en, de })
  const url = room.joinUrl ?? location.href.replace(/\/screen.*/, '')
  return (
    <section className="join">
      <div className="qr">
        <Qr text={url} label={own.qr(url)} size="100%" />
      </div>
      <div className="join-details">
        {headline && <h2>{headline}</h2>}
        <p>
          <span className="quiet">{own.scan}</span> <b>{new URL(url).host}</b>
        </p>
        <p className="join-code" style={{ '--letters': Math.max(5, room.code.length) } as CSSProperties}>
          {room.code}
        </p>
        <AddingHint settings={room.settings} />
      </div>
    </section>
  )
})

/** Whether guests can add songs, and until when. */
function AddingHint({ settings }: Pick<RoomFieldsFragment, 'settings'>) {
  const text = useText()
  const own = usePageText({ en, de })
  const language = useLanguage()
  const lastCallAt = settings?.lastCallAt
  const isOver = useHasPassed(lastCallAt)
  if (settings?.requestsOpen === false) return <p className="quiet">{text.refusal.REQUESTS_CLOSED}</p>
  if (isOver) return <p className="quiet">{text.refusal.LAST_CALL}</p>
  if (lastCallAt) return <p className="last-call">{own.lastCall(timeOfDay(lastCallAt, language))}</p>
  return <p className="quiet">{own.hint}</p>
}
