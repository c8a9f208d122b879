import { useState } from 'react'
import { LazyQr } from '../ui/LazyQr'
import { usePhoneText } from './text'

/** Brings a friend: a QR code to scan from this phone, and the link to share or to copy. */
export function Invite({ name, url }: { name: string; url: string }) {
  const own = usePhoneText()
  const [isCopied, setCopied] = useState(false)
  const canShare = 'share' in navigator
  const canCopy = 'clipboard' in navigator

  async function send() {
    try {
      if (canShare) return await navigator.share({ title: name, url })
      await navigator.clipboard.writeText(url)
      setCopied(true)
    } catch {
      // the guest has closed what the browser offered
    }
  }

  return (
    <section className="invite" aria-label={own.bringFriend}>
      <LazyQr text={url} label={own.scanToJoin(url)} size={176} />
      {canShare || canCopy ? (
        <button type="button" className="button" onClick={() => void send()}>
          {canShare ? own.shareLink : own.copyLink}
        </button>
      ) : null}
      <p role="status">{isCopied && own.linkCopied}</p>
      <p className="quiet">{url}</p>
    </section>
  )
}
