import { operations } from '@antwon/client'
import { useEffect, useState } from 'react'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useMutate } from '../ui/useMutate'

const undoWindow = 55_000 // milliseconds: a little less than the minute that the server allows

/** The host's last action, if it can be undone. */
export interface Undo {
  message: string | undefined // says what was done; undefined: there is nothing to undo
  busy: boolean
  offer: (message: string, of: string) => void // of: the idempotency key of the action
  undo: () => void
  dismiss: () => void
}

/** Offers to undo the last action for as long as the server allows it. */
export function useUndo(roomId: string, notify: Notify): Undo {
  const own = useHostText().undo
  const { busy, mutate } = useMutate(notify)
  const [offered, setOffered] = useState<{ message: string; of: string }>()
  const dismiss = () => setOffered(undefined)
  useEffect(() => {
    if (!offered) return
    const timer = setTimeout(() => setOffered(undefined), undoWindow)
    return () => clearTimeout(timer)
  }, [offered])
  async function undo() {
    if (!offered) return
    await mutate(operations.undo, { roomId, of: offered.of }, { done: own.done, failure: { CONFLICT: own.late } })
    dismiss()
  }
  return {
    message: offered?.message,
    busy,
    offer: (message, of) => setOffered({ message, of }),
    undo: () => void undo(),
    dismiss,
  }
}

/** Shows the last action with a button to undo it. Screen readers announce it politely, and it does not take the focus. */
export function UndoToast({ undo }: { undo: Undo }) {
  const own = useHostText()
  const andMoveFocus = (action: () => void) => () => {
    action()
    const heading = document.getElementById('queue-heading')
    const isSeen = heading !== null && heading.getClientRects().length > 0 // on a phone, it may be in a hidden tab
    const next = isSeen ? heading : document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')
    next?.focus({ preventScroll: true }) // the button with the focus disappears
  }
  return (
    <div className="undo" role="status">
      {undo.message !== undefined && (
        <div className="notice">
          <span>{undo.message}</span>
          <Button busy={undo.busy} onClick={andMoveFocus(undo.undo)}>
            {own.undo.button}
          </Button>
          <Button variant="plain round" aria-label={own.close} title={own.close} onClick={andMoveFocus(undo.dismiss)}>
            <span aria-hidden="true">✕</span>
          </Button>
        </div>
      )}
    </div>
  )
}
