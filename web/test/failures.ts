// Prints what the pages of a failed story showed, which its error does not tell.
import { afterEach } from 'vitest'
import { sharedPages } from './browser'

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await Promise.all(
    sharedPages().map(async (page) => {
      // biome-ignore lint/performance/useDomNodeTextContent: only what can be seen
      const text = await page.locator('body').innerText({ timeout: 5_000 }).catch(String)
      console.log(`${task.name}: ${page.url()} showed:\n${text}`)
    }),
  )
})
