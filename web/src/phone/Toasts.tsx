import { useCallback, useRef, useState } from 'react'
import type { Outcome } from '../api/sender'
import { sentence, useText } from '../text/text'
import { usePhoneText } from './text'

export interface Toast {
  id: number
  outcome: Outcome
}

const shown = 4_000 // milliseconds

/** What became of what somebody did, for a few seconds. */
export function useToasts(): { toasts: readonly Toast[]; tell: (outcome: Outcome) => void } {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const count = useRef(0)
  const tell = useCallback((outcome: Outcome) => {
    const id = ++count.current
    setToasts((before) => [...before.slice(-2), { id, outcome }])
    setTimeout(() => setToasts((before) => before.filter((toast) => toast.id !== id)), outcome.failure ? 2 * shown : shown)
  }, [])
  return { toasts, tell }
}

export function Toasts({ toasts }: { toasts: readonly Toast[] }) {
  return (
    <div className="toasts" role="status" aria-atomic="false">
      {toasts.map(({ id, outcome }) => (
        <Sentence key={id} outcome={outcome} />
      ))}
    </div>
  )
}

function Sentence({ outcome: { action, name, failure, alreadyQueued } }: { outcome: Outcome }) {
  const text = useText()
  const own = usePhoneText()
  if (failure) return <p className="toast bad">{own.failed(name, sentence(text, failure))}</p>
  const say = { add: alreadyQueued ? own.becameLike : own.added, like: own.liked, unlike: own.unliked, remove: own.removed }
  return <p className="toast">{say[action.kind](name)}</p>
}
