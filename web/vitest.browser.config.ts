import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(chromium)) {
  if (process.env.ANTWON_TEST_STRICT === '1') throw new Error(`Chromium is required here: there is no ${chromium}`)
  console.log(`browser tests left out: there is no ${chromium} (install chromium)`)
  process.exit(0)
}

const files = process.env.ANTWON_RUN || 'test/**/*.test.ts' // can also be test/bench*.ts or test/screenshots.ts
const areStories = files.endsWith('.test.ts')

export default defineConfig({
  test: {
    include: [files],
    setupFiles: areStories ? ['test/failures.ts'] : [],
    maxWorkers: areStories ? 2 : 1, // browsers at a time: stories mostly wait, measurements have to be alone
    isolate: !areStories, // stories that one worker tells share its browser
    testTimeout: 300_000, // only against hanging; no test measures time
    hookTimeout: 60_000,
  },
})
