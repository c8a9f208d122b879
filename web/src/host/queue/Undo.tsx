import { useEffect, useState } from 'react'
import { UndoDocument } from '../../api/generated'
import type { Tell } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { useDoing } from '../ui/useMutate'

const lasts = 55_000 // milliseconds: a little less than the server's minute

/** What a host did last that can be taken back. */
export interface Undo {
  words: string | undefined // what was done; undefined: there is nothing
  busy: boolean
  offer: (words: string, of: string) => void // of: the idempotency key of what was done
  take: () => void
  dismiss: () => void
}

/** Offers to take back what was done last, for as long as the server lets it. */
export function useUndo(roomId: string, tell: Tell): Undo {
  const own = useHostText().undo
  const { busy, act } = useDoing(tell)
  const [offered, setOffered] = useState<{ words: string; of: string }>()
  const dismiss = () => setOffered(undefined)
  useEffect(() => {
    if (!offered) return
    const timer = setTimeout(() => setOffered(undefined), lasts)
    return () => clearTimeout(timer)
  }, [offered])
  async function take() {
    if (!offered) return
    await act(UndoDocument, { roomId, of: offered.of }, { done: own.done, failure: { CONFLICT: own.late } })
    dismiss()
  }
  return { words: offered?.words, busy, offer: (words, of) => setOffered({ words, of }), take: () => void take(), dismiss }
}

/** Says what was done, with a way back. It is told in its turn, and takes no focus. */
export function UndoToast({ undo }: { undo: Undo }) {
  const own = useHostText()
  const then = (go: () => void) => () => {
    go()
    document.getElementById('queue-heading')?.focus({ preventScroll: true }) // or the focus would go with the toast
  }
  return (
    <div className="undo" role="status">
      {undo.words !== undefined && (
        <div className="notice">
          <span>{undo.words}</span>
          <Button busy={undo.busy} onClick={then(undo.take)}>
            {own.undo.button}
          </Button>
          <Button look="plain round" aria-label={own.close} title={own.close} onClick={then(undo.dismiss)}>
            <span aria-hidden="true">✕</span>
          </Button>
        </div>
      )}
    </div>
  )
}
