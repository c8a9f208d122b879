import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { eventually, Server } from './server'

const browser = await sharedBrowser()

/** A guest whose browser has kept the page. */
async function guest(): Promise<[Device, Server]> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const gina = await Device.open(browser, server)
  onTestFinished(() => gina.close())
  await gina.join('PARTY', 'Gina')
  await gina.page.locator('.like').first().waitFor()
  await eventually('the page to be kept', () =>
    gina.page.evaluate(async () => {
      const cache = await caches.open('pages-1')
      const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[type=module]')].map(({ src }) => src)
      const kept = await Promise.all([location.pathname, ...scripts].map((url) => cache.match(url)))
      return kept.every(Boolean)
    }),
  )
  return [gina, server]
}

describe('the page of a guest', () => {
  test('opens without a server, shows the queue as it was, and comes alive when the server is back', async () => {
    const [gina, server] = await guest()
    const songs = await gina.songs()
    await server.kill()
    await gina.page.reload()
    await gina.page.getByText(/The server cannot be reached\. What you see is from/).waitFor()
    expect(await gina.songs()).toEqual(songs)
    await gina.expectAccessible('the page without a server')
    await server.start()
    await gina.page.getByRole('tablist').waitFor()
    gina.expectNoErrors(...connectionErrors, /Failed to fetch/)
  })

  test('opens in a network that swallows everything', async () => {
    const [gina, server] = await guest()
    server.suspend(true)
    await gina.page.reload({ waitUntil: 'commit' }) // the covers are not kept
    await gina.page.getByText(/What you see is from/).waitFor()
    expect(await gina.songs()).not.toEqual([])
    server.suspend(false)
    await gina.page.getByRole('tablist').waitFor()
    gina.expectNoErrors(...connectionErrors, /Failed to fetch/)
  })

  test('opens while a proxy says that the server is down', async () => {
    const [gina, server] = await guest()
    await server.kill()
    const proxy = createServer((_, response) => response.writeHead(502).end('Bad gateway'))
    proxy.listen(Number(new URL(server.url).port), '127.0.0.1')
    await once(proxy, 'listening')
    await gina.page.reload()
    await gina.page.getByText(/What you see is from/).waitFor()
    proxy.closeAllConnections()
    proxy.close()
    await once(proxy, 'close')
    await server.start()
    await gina.page.getByRole('tablist').waitFor()
    gina.expectNoErrors(...connectionErrors, /Failed to fetch/, /502/)
  })

  test('stays cached until all files of a newer page are cached', async () => {
    const [gina, server] = await guest()
    await server.kill()
    const file = { status: 503, asked: 0 }
    const proxy = createServer(({ url = '', headers }, response) => {
      if (url === '/assets/newer.js') {
        file.asked++
        response.writeHead(file.status, { 'Content-Type': 'text/javascript' }).end('document.body.append("A newer page")')
      } else if (headers.accept?.startsWith('text/html')) {
        response.setHeader('Content-Type', 'text/html')
        setTimeout(() => response.end('<body><script type="module" src="/assets/newer.js"></script></body>'), 5_000)
      } else response.writeHead(502).end()
    })
    const restart = async () => {
      proxy.listen(Number(new URL(server.url).port), '127.0.0.1')
      await once(proxy, 'listening')
    }
    const stop = async () => {
      proxy.close()
      proxy.closeAllConnections()
      await once(proxy, 'close')
    }
    const reload = () => gina.page.reload({ waitUntil: 'commit' })
    for (const words of [/What you see is from/, 'A newer page']) {
      file.asked = 0
      await restart()
      await reload()
      await gina.page.getByText(/What you see is from/).waitFor() // the answer is late
      await eventually('the file of the newer page to be asked for', async () => file.asked > 0)
      await stop()
      await reload()
      await gina.page.getByText(words).waitFor()
      file.status = 200
    }
    gina.expectNoErrors(...connectionErrors, /Failed to fetch/, /50[23]/)
  })

  test('stays cached when many newer files come, and files that no page needs are dropped', async () => {
    const [gina, server] = await guest()
    const kept = () => gina.page.evaluate(async () => (await (await caches.open('pages-1')).keys()).length)
    await gina.page.evaluate(async () => {
      const cache = await caches.open('pages-1')
      for (let n = 0; n < 200; n++) await cache.put(`/assets/of-another-page-${n}.js`, new Response('//'))
    })
    await gina.page.reload()
    await gina.page.getByRole('tablist').waitFor()
    await eventually('what is not needed to be dropped', async () => (await kept()) <= 120)
    await server.kill()
    await gina.page.reload()
    await gina.page.getByText(/What you see is from/).waitFor()
    gina.expectNoErrors(...connectionErrors, /Failed to fetch/)
  })

  test('is never an old one while the server answers', async () => {
    const [gina] = await guest()
    await gina.page.evaluate(async () => {
      const cache = await caches.open('pages-1')
      await cache.put(location.pathname, new Response('<h1>An old page</h1>', { headers: { 'Content-Type': 'text/html' } }))
    })
    await gina.page.reload()
    await gina.page.getByRole('tablist').waitFor()
    gina.expectNoErrors()
  })

  test('can be installed, with the name and the icons that the manifest says', async () => {
    const [gina, server] = await guest()
    const devtools = await gina.page.context().newCDPSession(gina.page)
    const { errors, url } = await devtools.send('Page.getAppManifest')
    expect([url, errors]).toEqual([`${server.url}/manifest.webmanifest`, []])
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
    gina.expectNoErrors()
  })
})
