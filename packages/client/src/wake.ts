/**
 * Calls back whenever the device may have slept or lost its network: the page becomes visible, is shown or resumed, or the
 * browser goes online. Returns a function that stops it. Outside of browsers it never calls back.
 */
export function onWake(callback: () => void): () => void {
  if (typeof document === 'undefined') return () => {}
  const wake = () => {
    if (!document.hidden) callback()
  }
  const events: [EventTarget, string][] = [
    [document, 'visibilitychange'],
    [document, 'resume'],
    [globalThis, 'pageshow'],
    [globalThis, 'online'],
  ]
  for (const [target, event] of events) target.addEventListener(event, wake)
  return () => {
    for (const [target, event] of events) target.removeEventListener(event, wake)
  }
}

/** Waits, but no longer than until the device wakes up. */
export async function untilAwake(wait: Promise<void>): Promise<void> {
  let stop = () => {}
  const awake = new Promise<void>((resolve) => {
    stop = onWake(resolve)
  })
  await Promise.race([wait, awake])
  stop()
}
