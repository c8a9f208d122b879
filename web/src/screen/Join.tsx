import { type CSSProperties, memo } from 'react'
import type { RoomFieldsFragment } from '../api/generated'
import { useOwnText, useText } from '../text/text'
import { Qr } from '../ui/Qr'
import { de } from './de'
import { en } from './en'

interface Props {
  room: RoomFieldsFragment
  invitation?: string // to be said in large letters, where there is nothing else to see
}

/** How to join: a code to scan, and what to type for those who cannot. */
export const Join = memo(function Join({ room, invitation }: Props) {
  const text = useText()
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
        <p className="quiet">{room.settings?.requestsOpen === false ? text.refusal.REQUESTS_CLOSED : own.hint}</p>
      </div>
    </section>
  )
})
