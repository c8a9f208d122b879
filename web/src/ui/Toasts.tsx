import { type ReactNode, useCallback, useRef, useState } from 'react'

export interface Toast {
  id: number
  message: ReactNode
  isError: boolean
}

/** Shows a toast. */
export type Notify = (message: ReactNode, isError?: boolean) => void

const duration = 4_000 // milliseconds; errors stay twice as long

/** Keeps toasts for a few seconds each, and at most three at a time. */
export function useToasts(): { toasts: readonly Toast[]; notify: Notify } {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const count = useRef(0)
  const notify = useCallback<Notify>((message, isError = false) => {
    const id = ++count.current
    setToasts((before) => [...before.slice(-2), { id, message, isError }])
    setTimeout(() => setToasts((before) => before.filter((toast) => toast.id !== id)), isError ? 2 * duration : duration)
  }, [])
  return { toasts, notify }
}

/** Shows toasts, which screen readers announce politely. The children stand below them, and stay. */
export function Toasts({ toasts, children }: { toasts: readonly Toast[]; children?: ReactNode }) {
  return (
    <div className="toasts" role="status" aria-atomic="false">
      {toasts.map(({ id, message, isError }) => (
        <p key={id} className={isError ? 'notice error' : 'notice'}>
          {message}
        </p>
      ))}
      {children}
    </div>
  )
}
