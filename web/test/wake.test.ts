import { describe, expect, onTestFinished, test } from 'vitest'
import { connectionErrors, Device, sharedBrowser } from './browser'
import { Line } from './line'
import { eventually, Server } from './server'

const browser = await sharedBrowser()

/** Stops a page's scripts and timers. Returns a function that continues them and shows the page, as unlocking a phone does. */
async function lock(device: Device): Promise<() => Promise<void>> {
  const debug = await device.page.context().newCDPSession(device.page)
  await debug.send('Debugger.enable')
  const paused = new Promise((resolve) => debug.once('Debugger.paused', resolve))
  await debug.send('Debugger.pause')
  await paused
  return async () => {
    await debug.send('Debugger.disable')
    await show(device)
  }
}

/** Sends the event that a page gets when it is shown again: a headless page is always visible. */
const show = (device: Device) => device.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

describe('a phone that was locked', () => {
  test('replaces a connection that no longer answers as soon as it is unlocked', async () => {
    const server = await Server.start('demo')
    onTestFinished(() => server.stop())
    const line = await Line.to(server.url)
    onTestFinished(() => line.close())
    const [gina, otto] = [await Device.open(browser, line), await Device.open(browser, server)]
    for (const device of [gina, otto]) onTestFinished(() => device.close())
    await gina.join('PARTY', 'Gina')
    await otto.join('PARTY', 'Otto')
    await otto.page.locator('.like').first().waitFor()
    const song = (await otto.songs()).at(-1) ?? ''
    await gina.like(song).waitFor()

    const unlock = await lock(gina)
    line.silence()
    await otto.like(song).click()
    await otto.like(song).locator('.count').waitFor()

    const replaced = gina.page.waitForEvent('websocket')
    const unlockedAt = Date.now()
    await unlock()
    await replaced
    await gina.like(song).locator('.count').waitFor()
    console.log(`figures: current again ${Date.now() - unlockedAt} ms after a lock with a dead connection`)
    expect(await gina.likes(song)).toBe('1')
    expect(await gina.page.getByText('No connection.').isVisible()).toBe(false)
    gina.expectNoErrors(/requested .*covers/) // the line has another address than the server
    otto.expectNoErrors()
  })

  test('says that it is old until the server has answered', async () => {
    const server = await Server.start('demo')
    onTestFinished(() => server.stop())
    const line = await Line.to(server.url)
    onTestFinished(() => line.close())
    const gina = await Device.open(browser, line)
    onTestFinished(() => gina.close())
    await gina.page.clock.install()
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    line.silence()
    let now = Date.now()
    await eventually('the page to say that it is old', async () => {
      now += 10 * 60_000 // on each try, because a message may have been under way at the one before
      await gina.page.clock.setFixedTime(now) // no timer runs while the page is frozen
      await show(gina)
      return gina.page.getByText(/What you see is from .*Catching up…/).isVisible()
    })
    gina.expectNoErrors(/requested .*covers/) // the line has another address than the server
  })

  test('says from when the page is, as soon as its connection has been lost for a minute', async () => {
    const server = await Server.start('demo')
    onTestFinished(() => server.stop())
    const gina = await Device.open(browser, server)
    onTestFinished(() => gina.close())
    await gina.page.clock.install()
    await gina.join('PARTY', 'Gina')
    await gina.page.locator('.like').first().waitFor()
    await gina.page.context().setOffline(true)
    await gina.page.getByText('No connection.').waitFor()
    expect(await gina.page.getByText('What you see is from').count()).toBe(0)
    await gina.page.clock.fastForward(61_000)
    await gina.page.getByText(/No connection\..*What you see is from \d\d:\d\d\./).waitFor()
    gina.expectNoErrors(...connectionErrors)
  })
})
