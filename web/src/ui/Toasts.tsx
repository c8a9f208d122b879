import { type ReactNode, useCallback, useRef, useState } from 'react'

export interface Outcome {
  id: number
  words: ReactNode
  bad: boolean
}

export type Tell = (words: ReactNode, bad?: boolean) => void

const shown = 4_000 // milliseconds; twice as long for what went wrong

/** What came of what somebody did, for a few seconds. */
export function useOutcomes(): { outcomes: readonly Outcome[]; tell: Tell } {
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([])
  const count = useRef(0)
  const tell = useCallback<Tell>((words, bad = false) => {
    const id = ++count.current
    setOutcomes((before) => [...before.slice(-2), { id, words, bad }])
    setTimeout(() => setOutcomes((before) => before.filter((outcome) => outcome.id !== id)), bad ? 2 * shown : shown)
  }, [])
  return { outcomes, tell }
}

/** They are read out when whoever listens has time for it. What else is to be told at once, and longer, stands below them. */
export function Outcomes({ outcomes, children }: { outcomes: readonly Outcome[]; children?: ReactNode }) {
  return (
    <div className="outcomes" role="status" aria-atomic="false">
      {outcomes.map(({ id, words, bad }) => (
        <p key={id} className={bad ? 'notice bad' : 'notice'}>
          {words}
        </p>
      ))}
      {children}
    </div>
  )
}
