import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react'
import type { Outcome } from '../api/sender'
import { Told } from './OutcomeText'
import { usePhoneText } from './text'
import type { Actions } from './useActions'

/** What was done last, which a tap takes back. It goes by itself in time, and by Escape. */
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
        <Told outcome={outcome} />
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

/** The focus goes on to the part of the party that is shown, where it would be lost with what had it. */
function keepFocus(here: HTMLElement | null): () => void {
  return () => {
    if (!here?.contains(document.activeElement)) return
    document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus({ preventScroll: true })
  }
}
