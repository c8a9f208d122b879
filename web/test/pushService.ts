import { execFileSync } from 'node:child_process'
import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decrypt } from 'http_ece'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { eventually } from './server'

/** A push service on this machine, with a subscription of one browser. */
export interface PushService {
  env: Record<string, string> // lets a server send there
  messages: string[] // what the browser was sent, decrypted
  /** Gives this subscription to a page that asks for one. Chromium would have to ask Google's push service. */
  serve: (page: Page) => Promise<void>
}

export async function startPushService(): Promise<PushService> {
  const directory = mkdtempSync(join(tmpdir(), 'antwon-push-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=push', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })

  const browser = createECDH('prime256v1')
  browser.generateKeys()
  const auth = randomBytes(16).toString('base64url')
  const messages: string[] = []
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    messages.push(decrypt(Buffer.concat(parts), { version: 'aes128gcm', privateKey: browser, authSecret: auth }).toString())
    response.writeHead(201).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const subscription = {
    endpoint: `https://127.0.0.1:${port}/push/1`,
    keys: { p256dh: browser.getPublicKey('base64url'), auth },
  }
  return {
    env: { ANTWON_PUSH_HOSTS: `127.0.0.1:${port}`, SSL_CERT_FILE: cert },
    messages,
    serve: async (page) => {
      await page.addInitScript(giveSubscription, subscription)
    },
  }
}

/** Replaces the methods of the browser's PushManager that use the network; the others stay the browser's own. */
function giveSubscription({ endpoint, keys }: { endpoint: string; keys: { p256dh: string; auth: string } }) {
  const stored = 'test.applicationServerKey'
  const subscription = () => {
    const key = localStorage.getItem(stored)
    if (!key) return null
    const bytes = atob(key.replaceAll('-', '+').replaceAll('_', '/'))
    return {
      endpoint,
      options: { applicationServerKey: Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer },
      toJSON: () => ({ endpoint, keys }),
      unsubscribe: async () => {
        if (localStorage.getItem('test.fails')) throw new DOMException('the push service failed', 'NetworkError')
        localStorage.removeItem(stored)
        return true
      },
    }
  }
  Object.assign(PushManager.prototype, {
    getSubscription: async () => subscription(),
    subscribe: async (options: PushSubscriptionOptionsInit) => {
      if (Notification.permission !== 'granted') throw new DOMException('not allowed', 'NotAllowedError')
      if (localStorage.getItem('test.fails')) throw new DOMException('the push service failed', 'AbortError')
      localStorage.setItem(stored, String(options.applicationServerKey))
      return subscription()
    },
  })
}

/** Makes subscribing and unsubscribing in the browser fail from now on. */
export const breakPush = (page: Page): Promise<void> => page.evaluate(() => localStorage.setItem('test.fails', 'yes'))

/**
 * Delivers push messages to the service worker of a page's browser, as the browser itself does, and waits until each is shown.
 * Chromium forgets a notice for good if somebody lists the notices while it is about to be shown.
 */
export async function delivery(page: Page, origin: string): Promise<(message: string) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page)
  let registrationId = ''
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin))?.registrationId ?? registrationId
  })
  await devtools.send('ServiceWorker.enable')
  await eventually('the service worker', async () => registrationId !== '')
  const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent('serviceworker'))
  await worker.evaluate(countShown)
  const count = () => worker.evaluate(() => Reflect.get(globalThis, 'shown') as number)
  return async (data) => {
    const before = await count()
    await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
    await eventually('the worker to show a notice', async () => (await count()) > before)
  }
}

/** Has a service worker count the notices that it has shown. */
function countShown() {
  const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration }
  const show = registration.showNotification.bind(registration)
  let shown = 0
  Object.defineProperty(globalThis, 'shown', { get: () => shown })
  registration.showNotification = async (...notice) => {
    await show(...notice)
    shown++
  }
}
