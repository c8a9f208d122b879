import { useEffect } from 'react'

/** Lets the browser ask before the page is left while actions have not been sent. */
export function useUnsentWarning(unsent: number): void {
  const isUnsent = unsent > 0
  useEffect(() => {
    if (!isUnsent) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isUnsent])
}
