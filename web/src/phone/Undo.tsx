import type { Outcome } from '@antwon/client'
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react'
import { OutcomeText } from './OutcomeText'
import { usePhoneText } from './text'
import type { Actions } from './useActions'

/** The user's last action, with a button to undo it. It disappears after a while, or on Escape. */
export function Undo({ outcome, actions }: { outcome: Outcome; actions: Actions }) {
  const own = usePhoneText()
  const onKey = useEffectEvent((event: KeyboardEvent) => event.key === 'Escape' && actions.dismiss())
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])

  const bar = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => keepFocus(bar.current), [])

  return (
    <div ref={bar} className="notice undo">
      <p>
        <OutcomeText outcome={outcome} />
      </p>
      <button type="button" className="button plain" onClick={actions.undo}>
        {own.undo}
      </button>
      <button type="button" className="button plain" aria-label={own.dismiss} onClick={actions.dismiss}>
        ✕
      </button>
    </div>
  )
}

/** Returns a cleanup that moves the focus to the selected tab if it would be lost with the removed element. */
function keepFocus(removed: HTMLElement | null): () => void {
  return () => {
    if (!removed?.contains(document.activeElement)) return
    document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus({ preventScroll: true })
  }
}
