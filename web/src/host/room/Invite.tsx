import { useRef } from 'react'
import { useLanguage } from '../../text/text'
import { LazyQr } from '../../ui/LazyQr'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom } from '../types'
import { Button } from '../ui/Button'
import { reachOf } from './reach'

/** How guests join: QR code, room code and link. */
export function Invite({ room, notify }: { room: LiveRoom; notify: Notify }) {
  const own = useHostText()
  const link = useRef<HTMLInputElement>(null)
  const language = useLanguage()
  const joinUrl = room.joinUrl ?? ''
  const reach = joinUrl ? reachOf(joinUrl) : 'everywhere'

  /** Copies the link. Without a secure context a page may not do that, so it selects the link for the host to copy. */
  async function copy() {
    try {
      await navigator.clipboard.writeText(joinUrl)
      notify(own.invite.copied)
    } catch {
      link.current?.select()
      notify(own.invite.selected)
    }
  }

  return (
    <section className="card stack" id="invite" aria-labelledby="invite-heading">
      <h2 id="invite-heading">{own.sections.invite}</h2>
      <div className="invite">
        <LazyQr text={joinUrl} label={own.invite.qr(room.code)} size={128} />
        <p>
          <span className="quiet">{own.invite.code}</span>
          <br />
          <strong className="code">{room.code}</strong>
        </p>
      </div>
      {reach !== 'everywhere' && <p className="notice">{own.invite.reach[reach]}</p>}
      <div className="field">
        <label htmlFor="join-url">{own.invite.link}</label>
        <div className="buttons tight">
          <input ref={link} id="join-url" className="input" readOnly value={joinUrl} onFocus={(event) => event.target.select()} />
          <Button onClick={() => void copy()}>{own.invite.copy}</Button>
        </div>
      </div>
      <div className="buttons">
        <a className="button" href={`/r/${room.code}`} target="_blank" rel="noreferrer">
          {own.invite.phone}
        </a>
        <a className="button" href={`/r/${room.code}/screen`} target="_blank" rel="noreferrer">
          {own.invite.screen}
        </a>
        <a className="button" href={`/r/${room.code}/poster?lang=${language}`} target="_blank" rel="noreferrer">
          {own.invite.poster}
        </a>
      </div>
    </section>
  )
}
