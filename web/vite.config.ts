import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const pages = ['index', 'room', 'screen', 'host', 'playground']

export default defineConfig({
  plugins: [react()],
  build: {
    target: ['es2020', 'chrome87', 'safari14'],
    rolldownOptions: {
      input: pages.map((page) => `${page}.html`),
      checks: { moduleLevelDirective: false }, // GraphiQL's mean nothing to a build
    },
    chunkSizeWarningLimit: 10_000, // GraphiQL's editor; the budget of the other pages has a test
    reportCompressedSize: false,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'], reporters: ['dot'] },
})
