import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react'
import { usePhoneText } from './text'

interface Props {
  label: string
  onClose: () => void
  children: ReactNode
}

/** A sheet that rises from the bottom, over the page. It keeps the focus, and closes by Escape or by a tap beside it. */
export function Sheet({ label, onClose, children }: Props) {
  const own = usePhoneText()
  const sheet = useRef<HTMLDivElement>(null)
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Tab' && sheet.current) keepFocusWithin(sheet.current, event)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    addEventListener('keydown', listen)
    const before = document.activeElement
    sheet.current?.focus({ preventScroll: true })
    document.documentElement.classList.add('has-sheet')
    return () => {
      removeEventListener('keydown', listen)
      document.documentElement.classList.remove('has-sheet')
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <div className="sheet-layer">
      <button type="button" className="sheet-ground" tabIndex={-1} aria-hidden="true" onClick={onClose} />
      <div ref={sheet} className="sheet stack" role="dialog" aria-modal="true" aria-label={label} tabIndex={-1}>
        <button type="button" className="button plain sheet-close" aria-label={own.dismiss} onClick={onClose}>
          <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.5" aria-hidden="true">
            <path d="m5 9 7 7 7-7" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
        </button>
        {children}
      </div>
    </div>
  )
}

/** Moves the focus from the last element to the first, and back, where it would otherwise leave. */
function keepFocusWithin(box: HTMLElement, event: KeyboardEvent): void {
  const all = box.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), input, select, summary')
  const [first, last] = [all[0], all[all.length - 1]]
  const leaves = event.shiftKey ? [first, box] : [last]
  if (!leaves.some((each) => each === document.activeElement)) return
  event.preventDefault()
  ;(event.shiftKey ? last : first)?.focus()
}
