import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { api, demoHost, Server } from './server'

const browser = await sharedBrowser()

async function phone(options = {}): Promise<[Device, Server]> {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const gina = await Device.open(browser, server, options)
  onTestFinished(() => gina.close())
  return [gina, server]
}

describe('a guest', () => {
  test('brings a friend by a QR code on the phone, and by a link that is shared', async () => {
    const [gina, server] = await phone()
    await gina.page.addInitScript(() => {
      navigator.share = async (data) => {
        document.title = `shared: ${data?.url}`
      }
    })
    await gina.join('PARTY', 'Gina')
    await gina.page.getByTitle('You are Gina').click()
    await gina.page.getByRole('img', { name: `QR code to join: ${server.url}/r/PARTY` }).waitFor()
    await gina.expectAccessible('the menu')
    await gina.page.getByRole('button', { name: 'Bring a friend' }).click()
    expect(await gina.page.title()).toBe(`shared: ${server.url}/r/PARTY`)
    gina.expectNoErrors()
  })

  test('copies the link where nothing can be shared, and the page says so, also to screen readers', async () => {
    const [gina] = await phone()
    await gina.page.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'share')
      navigator.clipboard.writeText = async () => {}
    })
    await gina.join('PARTY', 'Gina')
    await gina.page.getByTitle('You are Gina').click()
    await gina.page.getByRole('button', { name: 'Copy the link for a friend' }).click()
    await gina.page.getByRole('status').filter({ hasText: 'The link is copied.' }).waitFor()
    gina.expectNoErrors()
  })

  test('without a connection gets the menu without the QR code, if that was never loaded', async () => {
    const [gina] = await phone({ serviceWorkers: 'block' }) // it would load the file, out of reach of the test
    await gina.join('PARTY', 'Gina')
    await gina.page.route(/assets\/Qr-/, (route) => route.abort())
    await gina.page.getByTitle('You are Gina').click()
    await gina.page.getByText('/r/PARTY').waitFor()
    await gina.page.getByRole('tablist').waitFor()
    expect(await gina.page.getByRole('img', { name: 'QR code' }).count()).toBe(0)
    gina.expectNoErrors(/ERR_FAILED/, /Failed to fetch dynamically/, /Service Worker registration blocked/)
  })

  test('who could not join does so as soon as the server is back', async () => {
    const [gina, server] = await phone()
    await gina.goto('/r/PARTY')
    await gina.page.getByRole('textbox').fill('Gina')
    await server.kill()
    await gina.page.keyboard.press('Enter')
    await gina.page.getByText('This page tries again by itself.').waitFor()
    await server.start()
    await gina.page.getByTitle('You are Gina').waitFor()
    const { token, roomId } = await demoHost(server)
    const query = 'query($r: ID!) { room(id: $r) { members(first: 50) { nodes { participant { displayName } } } } }'
    const { room } = await api(server, query, { r: roomId }, token)
    const names = room.members.nodes.map(({ participant }: { participant: { displayName: string } }) => participant.displayName)
    expect(names.filter((name: string) => name === 'Gina')).toHaveLength(1) // joined once, however often it was tried
    gina.expectNoErrors(...connectionErrors)
  })

  test('whose browser blocks cookies is told so before joining', async () => {
    const [gina] = await phone()
    await gina.page.addInitScript(() => Object.defineProperty(navigator, 'cookieEnabled', { value: false }))
    await gina.goto('/r/PARTY')
    await gina.page.getByText('This browser blocks cookies.').waitFor()
    await gina.expectAccessible('the form to join without cookies')
    gina.expectNoErrors()
  })
})
