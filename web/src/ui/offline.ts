/**
 * Lets this page open without a connection: a service worker keeps it and the files that it has loaded. Browsers have service
 * workers only with https and on the own machine. In development there is none, since it would serve old files.
 */
export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  try {
    await navigator.serviceWorker.register('/sw.js')
    const { active } = await navigator.serviceWorker.ready
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
    active?.postMessage([location.href, ...loaded])
  } catch {
    // the browser forbids it; the page works without it
  }
}
