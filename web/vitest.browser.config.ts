import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(chromium)) {
  if (process.env.ANTWON_TEST_STRICT === '1') throw new Error(`Chromium is required here: there is no ${chromium}`)
  console.log(`browser tests left out: there is no ${chromium} (install chromium)`)
  process.exit(0)
}

export default defineConfig({
  test: {
    include: [process.env.ANTWON_RUN || 'test/**/*.test.ts'], // or a bench, or the screenshots
    fileParallelism: false, // one browser at a time is enough for a small machine
    testTimeout: 120_000, // against hanging only: nothing is judged by its time
    hookTimeout: 60_000,
  },
})
