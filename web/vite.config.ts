import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const pages = ['index', 'room', 'screen', 'host', 'playground']

export default defineConfig({
  plugins: [react()],
  build: {
    target: ['es2020', 'chrome87', 'safari14'],
    rolldownOptions: {
      input: pages.map((page) => `${page}.html`),
      checks: { moduleLevelDirective: false }, // GraphiQL's files have directives that a bundler ignores
    },
    chunkSizeWarningLimit: 10_000, // GraphiQL's editor is large; web_test.go checks the size of the phone page
    reportCompressedSize: false,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'], reporters: ['dot'] },
})
