import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { eventually, Server } from './server'

const browser = await sharedBrowser()

/** Selects a tab, runs it, and returns the answer. */
async function run(page: Page, tab: string): Promise<string> {
  await page.getByRole('button', { name: tab, exact: true }).click()
  const query = page.locator('.graphiql-query-editor .view-lines')
  await eventually(`the query of ${tab}`, async () => ((await query.textContent()) ?? '').includes(tab))
  await page.getByRole('button', { name: /execute/i }).click()
  return answer(page, tab)
}

/** The visible text of the answer's editor, which uses no-break spaces. */
async function answer(page: Page, tab: string): Promise<string> {
  const lines = page.locator('.result-window .view-lines')
  await eventually(`an answer to ${tab}`, async () => /"(data|errors)"/.test((await lines.textContent()) ?? ''))
  return ((await lines.textContent()) ?? '').replaceAll('\u00a0', ' ')
}

test('the tabs of the playground work when they are run in order', async () => {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const developer = await Device.open(browser, server, { viewport: { width: 1280, height: 800 } })
  onTestFinished(() => developer.close())
  await developer.goto('/playground?code=PARTY')
  await developer.page.getByRole('button', { name: 'joinRoom', exact: true }).waitFor()

  expect(await run(developer.page, 'joinRoom')).toContain('"room"')
  expect(await run(developer.page, 'searchSongs')).toContain('"nodes"')
  expect(await run(developer.page, 'addSong')).toContain('"addSong"')
  expect(await run(developer.page, 'likeQueueItem')).toMatch(/"likeQueueItem"|COMMITTED/)
  expect(await run(developer.page, 'roomQueue')).toContain('"roomQueue"') // and stays open
  expect(await run(developer.page, 'roomSchedule')).toContain('"entries"')
  expect(await run(developer.page, 'viewerInRoom')).toContain('"viewerInRoom"')
  expect(await run(developer.page, 'undo')).toMatch(/"undo"|CONFLICT/)
  expect(await run(developer.page, 'history')).toContain('"recap"')
  developer.expectNoErrors()
})
