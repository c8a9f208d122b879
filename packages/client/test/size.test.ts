import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'

const limit = 8 * 1024 // bytes

test('the package with its hooks is small, minified and compressed, without graphql-ws and React', async () => {
  const { output } = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      lib: {
        entry: ['index.ts', 'react.ts'].map((name) => new URL(`../src/${name}`, import.meta.url).pathname),
        formats: ['es'],
      },
      rolldownOptions: { external: ['graphql-ws', 'react'] },
    },
  }).then((outputs) => (Array.isArray(outputs) ? outputs[0] : outputs))) as Rolldown.RolldownOutput
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n')
  expect(code).toContain('graphql-ws')
  expect(code).toContain('localStorage')
  expect(gzipSync(code).length).toBeLessThan(limit)
})
