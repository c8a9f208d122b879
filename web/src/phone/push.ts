import type { Client, Failure } from '@antwon/client'
import { PushKeyDocument, SubscribePushDocument, UnsubscribePushDocument } from '../api/generated'

/** Whether this browser can get push messages here: only with https or on the own machine, and with a service worker. */
export const canPush = (): boolean =>
  import.meta.env.PROD && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** Whether this is a browser on an iPhone or iPad, which gets push messages only for pages on the home screen. */
export function needsHomeScreen(): boolean {
  const { userAgent, platform, maxTouchPoints } = navigator
  const isApple = /iPhone|iPad|iPod/.test(userAgent) || (platform === 'MacIntel' && maxTouchPoints > 1)
  return isSecureContext && isApple && !('PushManager' in window) && 'standalone' in navigator && !navigator.standalone
}

const patience = 15_000 // milliseconds for the browser and its push service

/** Turns notices on for this browser. Returns undefined if that worked, the server's failure, or null if the browser failed. */
export async function subscribe(client: Client, roomId: string, language: string): Promise<Failure | null | undefined> {
  const { data, failure } = await client.request(PushKeyDocument, {})
  const pushKey = data?.pushKey
  if (!pushKey) return failure ?? null
  const subscription = await within(patience, subscribeWith(pushKey)).catch(() => null)
  const { endpoint, keys } = subscription?.toJSON() ?? {}
  if (!endpoint || !keys?.p256dh || !keys.auth) return null
  const { p256dh, auth } = keys
  return (await client.request(SubscribePushDocument, { roomId, endpoint, p256dh, auth, pushKey, language })).failure
}

/** Turns notices off, in the browser and at the server. Returns whether one of them succeeded: that is enough to end them. */
export async function unsubscribe(client: Client, roomId: string): Promise<boolean> {
  const registration = await navigator.serviceWorker.getRegistration()
  const subscription = await registration?.pushManager.getSubscription()
  if (!subscription) return true
  const { endpoint } = subscription
  const [here, there] = await Promise.allSettled([
    within(patience, subscription.unsubscribe()),
    client.request(UnsubscribePushDocument, { roomId, endpoint }),
  ])
  return (here.status === 'fulfilled' && here.value) || (there.status === 'fulfilled' && !there.value.failure)
}

/** Subscribes this browser with a key of the server. It replaces a subscription with another key, which is no longer of use. */
async function subscribeWith(pushKey: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready
  const before = await pushManager.getSubscription()
  if (before && base64url(before.options.applicationServerKey) !== pushKey) await before.unsubscribe()
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey })
}

function base64url(bytes: ArrayBuffer | null): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes ?? [])))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Resolves like the promise, or rejects if that takes longer than so many milliseconds. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('too late')), milliseconds))
  return Promise.race([promise, late])
}
